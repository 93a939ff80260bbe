export function picture(): string {
  return ''
}
