const WIDTH = 20

/** A share as a bar that is drawn everywhere, in an e-mail too: `█████░░░░░░░░░░░░░░░`. Percent from 0 to 100. */
export function textBar(percent: number, width = WIDTH): string {
  const filled = Math.round((Math.min(100, Math.max(0, percent)) / 100) * width)
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`
}
