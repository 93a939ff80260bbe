/** A text with a full stop, unless it ends with a mark of its own. */
export function sentence(text: string): string {
  return /[.!?]["')\]]?$/.test(text) ? text : `${text}.`
}

/** A server or an address that a text begins with stays as it is. */
export function capitalized(text: string): string {
  if (/^\S*[.:/]\S/.test(text)) return text
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

export function uncapitalized(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}
