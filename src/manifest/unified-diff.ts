/** Lines around a change that are shown with it, as diff -u does. */
const AROUND = 3

/**
 * The change from one text to another as a unified diff; empty where there is none. Made for texts that are mostly the
 * same: the lines between the first and the last difference are compared in quadratic time and space.
 */
export function unifiedDiff(name: string, before: string, after: string): string {
  if (before === after) return ''
  const old = linesOf(before)
  const now = linesOf(after)
  const head = sameAtStart(old, now)
  const tail = sameAtEnd(old.slice(head), now.slice(head))
  const steps = [
    ...old.slice(0, head).map((line) => ` ${line}`),
    ...compared(old.slice(head, old.length - tail), now.slice(head, now.length - tail)),
    ...old.slice(old.length - tail).map((line) => ` ${line}`),
  ]
  const path = name.replace(/^(\.?\/)+/, '')
  return [`--- a/${path}`, `+++ b/${path}`, ...hunks(steps)].join('\n')
}

const NO_END = '\n\\ No newline at end of file'

/** The line ends of Windows are left out: they are not visible in a diff. */
function linesOf(text: string): string[] {
  const lines = text.split('\n')
  const last = lines.pop() ?? ''
  return (last === '' ? lines : [...lines, `${last}${NO_END}`]).map((line) =>
    line.replace(/\r$/, ''),
  )
}

function sameAtStart(a: readonly string[], b: readonly string[]): number {
  let count = 0
  while (count < a.length && count < b.length && a[count] === b[count]) count += 1
  return count
}

function sameAtEnd(a: readonly string[], b: readonly string[]): number {
  return sameAtStart(a.toReversed(), b.toReversed())
}

/** The lines, each with its sign in front, by the longest common subsequence. */
function compared(old: readonly string[], now: readonly string[]): string[] {
  const common = commonLengths(old, now)
  const steps: string[] = []
  let i = 0
  let j = 0
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      steps.push(` ${old[i]}`)
      i += 1
      j += 1
    } else if (j === now.length || (i < old.length && lengthAt(i + 1, j) >= lengthAt(i, j + 1))) {
      steps.push(`-${old[i]}`)
      i += 1
    } else {
      steps.push(`+${now[j]}`)
      j += 1
    }
  }
  return steps

  function lengthAt(from: number, to: number): number {
    return common[from]?.[to] ?? 0
  }
}

/** For each pair of positions, how many lines the rests from there have in common. */
function commonLengths(old: readonly string[], now: readonly string[]): number[][] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1))
  for (let i = old.length; i >= 0; i -= 1) {
    for (let j = now.length; j >= 0; j -= 1) {
      const here = lengths[i]
      if (here === undefined) continue
      if (i === old.length || j === now.length) here[j] = 0
      else if (old[i] === now[j]) here[j] = (lengths[i + 1]?.[j + 1] ?? 0) + 1
      else here[j] = Math.max(lengths[i + 1]?.[j] ?? 0, here[j + 1] ?? 0)
    }
  }
  return lengths
}

/** The changed lines with those around them; changes near each other share a hunk. */
function hunks(steps: readonly string[]): string[] {
  const changed = steps.flatMap((step, index) => (step.startsWith(' ') ? [] : [index]))
  const ranges: [from: number, to: number][] = []
  for (const index of changed) {
    const last = ranges.at(-1)
    if (last && index - AROUND <= last[1]) last[1] = index + AROUND + 1
    else ranges.push([Math.max(0, index - AROUND), index + AROUND + 1])
  }
  return ranges.flatMap(([from, to]) => {
    const lines = steps.slice(from, to)
    const head = steps.slice(0, from)
    const place = (sign: '-' | '+') => {
      const count = lines.filter((line) => line.startsWith(' ') || line.startsWith(sign)).length
      const first = head.filter((line) => line.startsWith(' ') || line.startsWith(sign)).length
      return `${sign}${count === 0 ? first : first + 1}${count === 1 ? '' : `,${count}`}`
    }
    return [`@@ ${place('-')} ${place('+')} @@`, ...lines]
  })
}
