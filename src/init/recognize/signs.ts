import type { Expectation } from '../../evidence/probe/expectation.ts'
import { escaped, type Reply, tokensIn } from './reply.ts'

/** The replies of one version, and the words that name it. */
export type Group = {
  name: string
  words: readonly string[]
  replies: readonly Reply[]
  /** Names and addresses of Pods, which other Pods of the same version do not have. */
  pods: readonly string[]
}

/** Expectations that may tell versions apart. Those with a lower rank say more about the version. */
export type Sign = { rank: number; expect: Expectation[] }

/** Headers that differ from reply to reply, or belong to one server and not to its version. */
export const VOLATILE =
  /^(?:date|age|server|via|connection|etag|last-modified|set-cookie|content-length|x-envoy-.*|grpc-.*|.*(?:request|trace|span|correlation)-?id.*|traceparent|.*(?:host|pod|node|instance|address).*)$/

/** Everything that is the same in all replies of each version and differs between them. */
export function signsBetween(groups: readonly Group[]): Sign[] {
  return [...headerSigns(groups), ...textSigns(groups), ...statusSigns(groups)].sort(
    (one, other) => one.rank - other.rank,
  )
}

function headerSigns(groups: readonly Group[]): Sign[] {
  const names = Object.keys(groups[0]?.replies[0]?.head?.headers ?? {})
  return names
    .filter((name) => !VOLATILE.test(name))
    .flatMap((name): Sign[] => {
      const values = groups.map(({ replies }) =>
        only(replies.map(({ head }) => head?.headers[name])),
      )
      if (
        !areDistinct(values) ||
        groups.some(({ pods }, index) => pods.some((pod) => values[index]?.includes(pod)))
      )
        return []
      const isNamed = groups.every(({ words }, index) =>
        tokensIn(values[index] ?? '').some((token) => words.includes(token)),
      )
      return [
        {
          rank: isNamed ? 0 : /version|release|revision|build|colou?r/.test(name) ? 2 : 5,
          expect: groups.map(({ name: destination }, index) => ({
            destination,
            headers: [{ name, pattern: { source: `^${escaped(values[index] ?? '')}$` } }],
          })),
        },
      ]
    })
}

function statusSigns(groups: readonly Group[]): Sign[] {
  const values = groups.map(({ replies }) =>
    only(replies.map(({ head }) => head?.grpcStatus ?? head?.status.toString())),
  )
  if (!areDistinct(values)) return []
  const expect = groups.map(({ name: destination }, index): Expectation => {
    const value = values[index] ?? ''
    const number = Number(value)
    return {
      destination,
      status: [Number.isNaN(number) ? { grpc: value } : { from: number, to: number }],
    }
  })
  return [{ rank: 6, expect }]
}

/** The most words of a text that are tried. */
const MOST_TRIED = 5

/** A word that all replies of a version have, and none of the others. */
function textSigns(groups: readonly Group[]): Sign[] {
  const tokens = groups.map(({ replies, words, pods }) => {
    const ofPods = new Set(pods.flatMap(tokensIn))
    const each = replies.map(({ text }) => tokensIn(text))
    const others = new Set(
      groups.flatMap((other) =>
        other.replies === replies ? [] : other.replies.flatMap(({ text }) => tokensIn(text)),
      ),
    )
    return (each[0] ?? []).filter(
      (token) =>
        each.every((list) => list.includes(token)) &&
        !others.has(token) &&
        (words.includes(token) || !ofPods.has(token)),
    )
  })
  const best = groups.map((group, index) =>
    (tokens[index] ?? [])
      .map((token) => ({ token, rank: rankOf(token, group) }))
      .sort((one, other) => one.rank - other.rank)
      .slice(0, MOST_TRIED),
  )
  if (best.some((list) => list.length === 0)) return []
  const rounds = Math.max(...best.map((list) => list.length))
  return Array.from({ length: rounds }, (_, round) => {
    const chosen = best.map((list) => list[Math.min(round, list.length - 1)])
    return {
      rank: Math.max(...chosen.map((one) => one?.rank ?? 9)),
      expect: groups.map(({ name: destination, replies }, index) => ({
        destination,
        pattern: { source: textPattern(chosen[index]?.token ?? '', replies) },
      })),
    }
  })
}

/** The name of the version first, then a word at the beginning, then other words. Digits alone are often a time. */
function rankOf(token: string, { words, replies }: Group): number {
  if (words.includes(token)) return 1
  if (/^[\d.]+$/.test(token)) return 8
  if (replies.every(({ text }) => text.startsWith(token))) return 3
  return /\d/.test(token) ? 7 : 4
}

/** An expression for a word in these texts, with the key before it where there is one: `"version":"v2"`. */
export function textPattern(token: string, replies: readonly Reply[]): string {
  if (replies.every(({ text }) => text.startsWith(token))) return `^${escaped(token)}\\b`
  const places = replies.map(({ text }) => {
    const at = new RegExp(`(?<![A-Za-z0-9])${escaped(token)}(?![A-Za-z0-9])`).exec(text)?.index ?? 0
    const [key = ''] = /["']?[\w.-]{1,40}["']? ?[:=] ?["']?$/.exec(text.slice(0, at)) ?? []
    const next = text.charAt(at + token.length)
    return { key, quote: /["']$/.test(key) && key.endsWith(next) ? next : '' }
  })
  const key = only(places.map((one) => one.key))
  if (key === undefined || key === '') return `\\b${escaped(token)}\\b`
  const quote = only(places.map((one) => one.quote))
  return `${escaped(key)}${escaped(token)}${quote ? escaped(quote) : '\\b'}`
}

/** The value that all have; undefined where they differ, or lack it. */
function only(values: readonly (string | undefined)[]): string | undefined {
  const [first] = values
  return values.every((value) => value === first) ? first : undefined
}

function areDistinct(values: readonly (string | undefined)[]): boolean {
  return values.every((value) => value !== undefined) && new Set(values).size === values.length
}
