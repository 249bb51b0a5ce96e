import { useMemo } from "react";
import { type Block, type Inline, readMarkdown } from "./markdown.ts";
import "./markdown.css";

/** A page of the guide inside a panel: its headings stand below the panel's own. */
export function Markdown({ text }: { readonly text: string }) {
  const blocks = useMemo(() => readMarkdown(text), [text]);
  return (
    <div className="md">
      {blocks.map((block, at) => (
        <BlockView key={at} block={block} />
      ))}
    </div>
  );
}

function BlockView({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case "heading":
      return block.level <= 2 ? (
        <h3>
          <Line of={block.of} />
        </h3>
      ) : (
        <h4>
          <Line of={block.of} />
        </h4>
      );
    case "paragraph":
      return (
        <p>
          <Line of={block.of} />
        </p>
      );
    case "code":
      return <pre>{block.text}</pre>;
    case "list": {
      const items = block.items.map((item, at) => (
        <li key={at}>
          <Line of={item} />
        </li>
      ));
      return block.isOrdered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case "table":
      return (
        <table className="t">
          <thead>
            <tr>
              {block.head.map((cell, at) => (
                <th key={at} scope="col">
                  <Line of={cell} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {block.rows.map((row, at) => (
              <tr key={at}>
                {row.map((cell, column) => (
                  <td key={column}>
                    <Line of={cell} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      );
  }
}

function Line({ of }: { readonly of: readonly Inline[] }) {
  return of.map((part, at) => {
    switch (part.kind) {
      case "text":
        return part.text;
      case "code":
        return <code key={at}>{part.text}</code>;
      case "strong":
        return <strong key={at}>{part.text}</strong>;
      case "em":
        return <em key={at}>{part.text}</em>;
      case "link":
        // Pages of the guide link to each other by file; only addresses of the web lead somewhere from here.
        return /^https?:\/\//.test(part.to) ? (
          <a key={at} href={part.to} target="_blank" rel="noreferrer">
            {part.text}
          </a>
        ) : (
          <span key={at}>{part.text}</span>
        );
    }
  });
}
