import { type Expectation, expectationText } from '../../evidence/probe/expectation.ts'
import { startMatching } from '../../evidence/probe/match-replies.ts'
import { fitsWeights } from './fits-weights.ts'
import { namesIn, type Reply, tokensIn, type Version, wordsOfVersions } from './reply.ts'
import { type Group, signsBetween, VOLATILE } from './signs.ts'

/**
 * How versions are recognized, and how it is known which version a reply comes from. `pods`: they were asked one by one.
 * `names`: the replies name the versions. `shares`: it is a guess, because the numbers of replies fit the weights.
 */
export type Recognized = {
  expect: readonly Expectation[]
  by: 'pods' | 'names' | 'shares'
  /** The versions that have not answered, so that their expectation follows from those of the others. */
  unseen: readonly string[]
  /** How many of the gateway's replies came from each version, in the order of the versions. */
  counts: readonly number[]
  /** Versions of which only one Pod was asked, and whose expectation does not name them. */
  onePod: readonly string[]
}

/** Expectations that tell all replies apart; undefined where none do. */
export function recognize(
  versions: readonly Version[],
  replies: readonly Reply[],
): Recognized | undefined {
  const words = wordsOfVersions(versions.map(({ name }) => name))
  return (
    byPods(versions, words, replies) ??
    byNames(versions, words, replies) ??
    byShares(versions, words, replies)
  )
}

type Words = readonly (readonly string[])[]

/** One reply alone may differ by chance. */
const LEAST = 2

function byPods(
  versions: readonly Version[],
  words: Words,
  replies: readonly Reply[],
): Recognized | undefined {
  if (versions.some(({ own }) => own.length < LEAST)) return undefined
  const groups = versions.map(({ name, own }, index) => ({
    name,
    words: words[index] ?? [],
    replies: own,
    pods: podsOf(versions),
  }))
  const all = [...replies, ...versions.flatMap(({ own }) => own)]
  const found = firstThatFits(groups, all, replies, 'pods')
  const isNamed = (index: number) => {
    const one = found?.expect[index]
    return one !== undefined && words[index]?.some((word) => expectationText(one).includes(word))
  }
  const onePod = versions.flatMap(({ name, pods = [] }, index) =>
    pods.length === 1 && !isNamed(index) ? [name] : [],
  )
  return found && { ...found, onePod }
}

function podsOf(versions: readonly Version[]): string[] {
  return versions.flatMap(({ pods = [] }) => pods.flat())
}

/** Replies that have the name of exactly one version at the same place. */
function byNames(
  versions: readonly Version[],
  words: Words,
  replies: readonly Reply[],
): Recognized | undefined {
  const nameOf = (text: string) => {
    const tokens = namesIn(text)
    const named = words.flatMap((own, index) =>
      own.some((word) => tokens.includes(word)) ? [index] : [],
    )
    return named.length === 1 ? named[0] : undefined
  }
  const headers = Object.keys(replies[0]?.head?.headers ?? {})
    .filter((name) => !VOLATILE.test(name))
    .map((name) => (reply: Reply) => reply.head?.headers[name] ?? '')
  for (const part of [...headers, ({ text }: Reply) => text]) {
    const named = replies.map((reply) => nameOf(part(reply)))
    if (named.length === 0 || named.some((index) => index === undefined)) continue
    const seen = versions.map((_, index) => replies.filter((_, at) => named[at] === index))
    // A version that has not answered is expected to answer as the first one that has, with its own name.
    const model = seen.findIndex((list) => list.length > 0)
    const groups = versions.map(({ name }, index) => {
      const own = seen[index] ?? []
      const likely = () =>
        (seen[model] ?? []).map((reply) => renamed(reply, words[model] ?? [], words[index] ?? []))
      const answered = own.length > 0 ? own : likely()
      return { name, words: words[index] ?? [], replies: answered, pods: podsOf(versions) }
    })
    const found = firstThatFits(groups, replies, replies, 'names')
    const unseen = versions.filter((_, index) => seen[index]?.length === 0).map(({ name }) => name)
    if (found !== undefined) return { ...found, unseen }
  }
  return undefined
}

function renamed({ text, head }: Reply, from: readonly string[], to: readonly string[]): Reply {
  const swap = (whole: string) =>
    from.reduce((changed, word, index) => changed.replaceAll(word, to[index] ?? to[0] ?? ''), whole)
  const headers = Object.entries(head?.headers ?? {}).map(([name, value]) => [name, swap(value)])
  return { text: swap(text), head: head && { ...head, headers: Object.fromEntries(headers) } }
}

/** As many kinds of replies as versions with weight, and their numbers in the order of the weights. */
function byShares(
  versions: readonly Version[],
  words: Words,
  replies: readonly Reply[],
): Recognized | undefined {
  if (versions.some(({ share }) => share === 0) || versions.length < 2) return undefined
  // Pods that answered alike show more than numbers: subsets may select the same Pods.
  if (versions.every(({ own }) => own.length >= LEAST)) return undefined
  const order = [...versions.keys()].sort(
    (a, b) => (versions[b]?.share ?? 0) - (versions[a]?.share ?? 0),
  )
  for (const kinds of kindsOf(replies, versions.length)) {
    const sorted = [...kinds].sort((one, other) => other.length - one.length)
    const groups = versions.map(({ name }, index) => ({
      name,
      words: words[index] ?? [],
      replies: sorted[order.indexOf(index)] ?? [],
      pods: podsOf(versions),
    }))
    const counts = groups.map((group) => group.replies.length)
    const shares = versions.map(({ share }) => share)
    if (counts.some((count) => count < LEAST) || !fitsWeights(counts, shares)) continue
    const found = firstThatFits(groups, replies, replies, 'shares')
    if (found !== undefined) return found
  }
  return undefined
}

/** Ways to divide replies into so many kinds, by a header, or by the first words that differ. */
function* kindsOf(replies: readonly Reply[], count: number): Generator<Reply[][]> {
  const keys: ((reply: Reply) => string)[] = [
    ...Object.keys(replies[0]?.head?.headers ?? {}).map(
      (name) => (reply: Reply) => reply.head?.headers[name] ?? '',
    ),
    ({ head }) => String(head?.status ?? ''),
    ...[0, 1, 2, 3, 4, 5].map(
      (index) =>
        ({ text }: Reply) =>
          tokensIn(text)[index] ?? '',
    ),
  ]
  for (const key of keys) {
    const kinds = new Map<string, Reply[]>()
    for (const reply of replies) kinds.set(key(reply), [...(kinds.get(key(reply)) ?? []), reply])
    if (kinds.size === count) yield [...kinds.values()]
  }
}

function firstThatFits(
  groups: readonly Group[],
  all: readonly Reply[],
  gateway: readonly Reply[],
  by: Recognized['by'],
): Recognized | undefined {
  for (const { expect } of signsBetween(groups)) {
    const match = startMatching(expect)
    const indexOf = ({ text, head }: Reply) => {
      const [index, second] = match.whole(text, head) ?? []
      return second === undefined ? index : undefined
    }
    if (all.some((reply) => indexOf(reply) === undefined)) continue
    // Each reply of a group must be taken for the version of that group.
    if (groups.some((group, index) => group.replies.some((reply) => indexOf(reply) !== index)))
      continue
    const found = gateway.map(indexOf)
    const counts = groups.map((_, index) => found.filter((one) => one === index).length)
    return { expect, by, unseen: [], counts, onePod: [] }
  }
  return undefined
}
