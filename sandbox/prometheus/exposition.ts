/** Labels of a series, its name included as `__name__`. */
export type Labels = Readonly<Record<string, string>>

export type Sample = { labels: Labels; value: number }

/**
 * Reads metrics as an application shows them.
 * Source: prometheus.io/docs/instrumenting/exposition_formats, "Text-based format".
 */
export function parseExposition(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name = '', braces = '', number = ''] =
      /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/.exec(line.trim()) ?? []
    if (name === '') return []
    const pairs = [...braces.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(
      ([, label = '', value = '']) =>
        [label, value.replace(/\\(.)/g, (_, letter) => (letter === 'n' ? '\n' : letter))] as const,
    )
    return { labels: { __name__: name, ...Object.fromEntries(pairs) }, value: numberIn(number) }
  })
}

function numberIn(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1
  return /^[+-]?Inf$/i.test(text) ? sign * Number.POSITIVE_INFINITY : Number(text)
}

/** The same labels without some of them, in an order of their own: two series are one where these texts are the same. */
export function labelKey(labels: Labels, without: readonly string[] = []): string {
  const kept = Object.entries(labels).filter(([name]) => !without.includes(name))
  return JSON.stringify(kept.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The labels of a series that was calculated: it has no name. */
export function unnamed({ __name__: _, ...labels }: Labels): Labels {
  return labels
}
