/** Something that a look at the cluster brought up, with what to do about it. */
export type Finding = {
  kind: 'error' | 'warning'
  reason: 'input' | 'preflight' | 'access' | 'cluster'
  /** What is wrong and where, in a sentence. */
  what: string
  /** What to do; a command or a snippet stands on lines of its own. Empty: `what` says it all. */
  remedy: string
}

export function problem(reason: Finding['reason'], what: string, remedy = ''): Finding {
  return { kind: 'error', reason, what, remedy }
}

export function warning(what: string, remedy = ''): Finding {
  return { kind: 'warning', reason: 'preflight', what, remedy }
}

/** Single-quoted for a POSIX shell. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
