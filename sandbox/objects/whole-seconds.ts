/** RFC 3339 in whole seconds, as all times in metadata are. */
export function wholeSeconds(time: Date): string {
  return `${time.toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`
}
