/** What became of an interrupted run whose journal this run found, and handled before anything else. */
export type Recovered = {
  /** Whose run it was, and when it started. */
  run: string
  end: 'restored' | 'kept' | 'overwritten' | 'nothing'
  /** The weights that were restored, or that stay; undefined where the object does not show them. */
  weights: string | undefined
  /** What was restored is the last step that it confirmed. */
  toStep?: boolean
  /** The same in sentences that follow the run's name. */
  what: string
}

/** The sentence for the end of the run; empty where there was nothing to do. */
export function recoveredSentence({ end, weights, toStep = false }: Recovered): string {
  const are = weights === undefined ? '.' : `: ${weights}.`
  switch (end) {
    case 'restored':
      return toStep
        ? `The last confirmed step of an interrupted run was restored first${are}`
        : `The weights of an interrupted run were restored first${are}`
    case 'kept':
      return `The weights of an interrupted run stay, as its on-failure is keep${are} Its journal was removed first.`
    case 'overwritten':
      return `An interrupted run had left its journal. Its weights were no longer in force, so only the journal was removed first.`
    case 'nothing':
      return ''
  }
}
