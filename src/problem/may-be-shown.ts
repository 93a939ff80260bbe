/**
 * Decides what of a kubeconfig's source may be printed. People put credentials where a path belongs: the text of a
 * kubeconfig, its base64, a token, a key. So only what is recognizably a short path, a command's name or an address is
 * printed; all else is described in words.
 */

const LONGEST_PATH = 200
/** A run of letters and digits that is longer is no word of a path, but encoded data. */
const LONGEST_WORD = 24
/** What tells a path from a password or a token: where it begins, or what it ends in. */
const ANCHOR =
  /^(?:\/|~|\.{1,2}[\\/]|\.kube\b|\$\{?[A-Z_]+\}?[\\/]|%[A-Z_]+%[\\/]|[A-Za-z]:[\\/]|\\\\)/
const KNOWN_NAME =
  /(?:^|[\\/])[^\\/]*(?:kube|config|\.(?:ya?ml|json|conf|cfg|txt|pem|crt|key))[^\\/]*$/i

/** A path as it may be printed; words where it may not. */
export function shownPath(path: string): string {
  return mayBePath(path) ? path : 'a file whose name is not shown (it does not look like a path)'
}

/** Whether a text is recognizably a short path. */
export function mayBePath(text: string): boolean {
  const drive = /^[A-Za-z]:[\\/]/.test(text) ? 2 : 0
  return (
    text.length <= LONGEST_PATH &&
    /^[\p{L}\p{N} ._~\\/,()$%{}-]+$/u.test(text.slice(drive)) &&
    (ANCHOR.test(text) || KNOWN_NAME.test(text)) &&
    !hasEncodedRun(text)
  )
}

/** The name of a command as it may be printed; words where it may not. */
export function shownCommand(command: string): string {
  const isName = /^[\w.-]{1,40}$/.test(command) && !hasEncodedRun(command)
  return isName || mayBePath(command) ? command : 'a command whose name is not shown'
}

/** An address as it may be printed: without a user, a password, a path or a query. */
export function shownAddress(address: string): string {
  const host =
    /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/@?#\s]*@)?([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?\/*$/i
  const found = host.exec(address)
  if (!found || hasEncodedRun(found[1] ?? '')) return 'an address that is not shown'
  const user = /^([a-z][a-z0-9+.-]*:\/\/)?[^/@]*@/i.exec(address)
  return user ? `${user[1] ?? ''}***@${found[1]}${found[2] ?? ''}` : address
}

/** Letters and digits as in base64 or a token: too long for a word, or upper case, lower case and digits mixed. */
function hasEncodedRun(text: string): boolean {
  return (text.match(/[A-Za-z0-9]+/g) ?? []).some(
    (run) =>
      run.length > LONGEST_WORD ||
      (run.length >= 12 && /[a-z]/.test(run) && /[A-Z]/.test(run) && /[0-9]/.test(run)),
  )
}
