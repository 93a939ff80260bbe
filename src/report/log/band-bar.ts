/** Cells left and right of the middle one. */
const REACH = 6

/**
 * An observed share beside the band in which it must be: `[···▕==●==▏···]`. The band takes the middle, as wide as the
 * tolerance to either side, and a share further out is at the end of the bar. Shares from 0 to 1.
 */
export function bandBar(target: number, tolerance: number, observed: number | undefined): string {
  const perCell = tolerance / (REACH / 2)
  const cells = Array.from({ length: 2 * REACH + 1 }, (_, cell): string => {
    const distance = Math.abs(cell - REACH)
    if (distance < REACH / 2) return '='
    if (distance > REACH / 2) return '·'
    return cell < REACH ? '▕' : '▏'
  })
  if (observed !== undefined) {
    const offset = Math.round((observed - target) / perCell)
    cells[REACH + Math.max(-REACH, Math.min(REACH, offset))] = '●'
  }
  return `[${cells.join('')}]`
}
