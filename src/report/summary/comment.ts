/** The route object that a comment is about, whatever cluster it is on. */
export type CommentAbout = {
  kind: string
  namespace: string
  name: string
  /** The input `route`; empty where it was not given. */
  route: string
}

/** The hidden first line of a comment, by which the next run finds it. Nothing that a name may hold ends it. */
export function commentMarker({ kind, namespace, name, route }: CommentAbout): string {
  const object = [kind, namespace, name].map(encodeURIComponent).join('/')
  const rule = route === '' ? '' : ` route=${encodeURIComponent(route)}`
  return `<!-- istio-traffic-shift object=${object}${rule} -->`
}

/** GitHub rejects a comment of more characters. The marker needs some of them. */
const MOST_CHARACTERS = 65_536 - 2000
/** The second is for a summary that is full of names. */
const MOST_BYTES = [62_000, 24_000]

/**
 * The summary as the text of a comment. In a comment a name after @ notifies its user, and a number after # links this pull
 * request to another one, which no entity prevents: so a space of no width separates them.
 *
 * @param summaryOf the summary within so many bytes, without secrets
 */
export function commentText(summaryOf: (mostBytes: number) => string): string {
  const texts = MOST_BYTES.map((most) => summaryOf(most).replaceAll(/&#(?:64|35);/g, '$&&#8203;'))
  return texts.find((text) => text.length <= MOST_CHARACTERS) ?? TOO_LONG
}

const TOO_LONG = 'The summary is too long for a comment. It is in the log of the run.'
