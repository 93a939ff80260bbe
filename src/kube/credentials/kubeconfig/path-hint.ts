import path from 'node:path'

/** What is probably wrong with a path that leads to no file; undefined where that is not known. No part of it is repeated. */
export function pathHint(given: string): string | undefined {
  if (/^["'].*["']$|^["']|["']$/s.test(given)) return 'remove the quotes around it'
  if (/^file:/i.test(given)) return 'give a path, not a file:// URL'
  if (/^[a-z]:[\\/]|^\\\\/i.test(given) && process.platform !== 'win32')
    return 'it is a path of Windows, which does not exist here'
  if (/^~|\$/.test(given)) return '~ and $ stand for themselves here, so write the path out'
  if (/[\r\n]/.test(given.trim()))
    return `it has a line break; separate files with ${path.delimiter}`
  if (given.includes(';') && path.delimiter !== ';')
    return `separate files with ${path.delimiter}, not ;`
  return given !== given.trim() ? 'remove the blanks around it' : undefined
}

/** A path without what a hint says to remove, as it may be shown. */
export function bare(given: string): string {
  return given
    .trim()
    .replace(/^["']|["']$/g, '')
    .replace(/^file:(?:\/\/)?(?=\/)/i, '')
    .trim()
}
