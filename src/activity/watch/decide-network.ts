import ipaddr from "ipaddr.js";

export type Network = {
  readonly version: 4 | 6;
  readonly bits: number;
  readonly contains: (address: string) => boolean;
};

/** A network such as 192.0.2.0/24, or one address; undefined for what is neither. */
export function cidrOf(text: string): Network | undefined {
  try {
    const [address, bits] = text.includes("/") ? ipaddr.parseCIDR(text.trim()) : alone(text.trim());
    return {
      version: address.kind() === "ipv4" ? 4 : 6,
      bits,
      contains: (value) => {
        if (!ipaddr.isValid(value)) return false;
        const parsed = ipaddr.process(value);
        return parsed.kind() === address.kind() && parsed.match(address as never, bits);
      },
    };
  } catch {
    return undefined;
  }
}

function alone(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const address = ipaddr.parse(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}
