import path from 'node:path'

/** What is probably wrong with the path of a missing file; undefined if that is not known. Repeats no part of the path. */
export function pathHint(given: string): string | undefined {
  if (/^["'].*["']$|^["']|["']$/s.test(given)) return 'remove the quotes around it'
  if (/^file:/i.test(given)) return 'use a path, not a file:// URL'
  if (/^[a-z]:[\\/]|^\\\\/i.test(given) && process.platform !== 'win32')
    return 'it is a Windows path, which does not exist here'
  if (/^~|\$/.test(given)) return '~ and $ are not expanded here, so write the full path'
  if (/[\r\n]/.test(given.trim()))
    return `it has a line break; separate files with ${path.delimiter}`
  if (given.includes(';') && path.delimiter !== ';')
    return `separate files with ${path.delimiter}, not ;`
  return given !== given.trim() ? 'remove the spaces around it' : undefined
}

/** A path without what a hint says to remove, so that it can be shown. */
export function bare(given: string): string {
  return given
    .trim()
    .replace(/^["']|["']$/g, '')
    .replace(/^file:(?:\/\/)?(?=\/)/i, '')
    .trim()
}
