import { shownValue } from '../kube/credentials/kubeconfig/kubeconfig-text.ts'
import { nearest } from '../problem/suggestion.ts'

/** No name of a destination or a rule is longer. */
const LONGEST = 80

/**
 * A name from the inputs as a text shows it: in quotes. What looks like a credential is not shown, and a long text is
 * not cut, because half of a secret would not be masked.
 */
export function shownName(text: string): string {
  const shown = shownValue(text)
  if (shown !== text) return shown
  return text.length > LONGEST
    ? `a text of ${text.length.toLocaleString('en-US')} characters`
    : JSON.stringify(text)
}

/** `Did you mean v2?`, for the names that are spelled most like a text; empty where none is. */
export function nearestText(text: string, names: readonly string[]): string {
  const words = nearest(text, names)
  return words.length === 0 ? '' : `Did you mean ${words.join(' or ')}?`
}
