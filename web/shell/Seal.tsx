/** The mark of the product: an S in a seal. */
export function Seal({ size = 20 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      <rect x="1" y="1" width="18" height="18" rx="5" fill="var(--s-accent)" />
      <path
        d="M13.4 6.6C12.6 5.6 11.4 5 10 5 8 5 6.6 6 6.6 7.5c0 3.4 6.9 1.6 6.9 5 0 1.5-1.5 2.6-3.5 2.6-1.6 0-2.9-.6-3.6-1.7"
        fill="none"
        stroke="var(--s-panel)"
        strokeWidth="1.9"
        strokeLinecap="round"
      />
    </svg>
  );
}
