import { useId } from "react";

type PanelProps = {
  readonly title?: string | undefined;
  /** The question this panel answers. No question, no panel. */
  readonly question?: string | undefined;
  /** To the right of the title: an age, a link, a switch. */
  readonly aside?: React.ReactNode | undefined;
  readonly children: React.ReactNode;
  readonly className?: string | undefined;
  readonly id?: string | undefined;
};

export function Panel({ title, question, aside, children, className = "", id }: PanelProps) {
  const titleId = useId();
  return (
    <section className={`panel ${className}`} id={id} {...(title ? { "aria-labelledby": titleId } : {})}>
      {title && (
        <header>
          <h2 id={titleId}>{title}</h2>
          {question && (
            <span className="q cut" title={question}>
              {question}
            </span>
          )}
          <span className="push row small">{aside}</span>
        </header>
      )}
      {children}
    </section>
  );
}
