/** A ref that takes the focus when its field appears: for the first field of a page that is nothing but a form. */
export const focusFirst = (field: HTMLElement | null): void => field?.focus();
