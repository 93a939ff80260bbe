import type { ConnectionOutcome, ReplyHead } from '../../evidence/probe/connection-outcome.ts'
import { isGatewayReply } from '../../evidence/probe/gateway-reply.ts'

/** What a version answered. */
export type Reply = { text: string; head: ReplyHead | undefined }

/** A version as a destination of the rule. */
export type Version = {
  name: string
  /** Its part of the traffic, from 0 to 1. */
  share: number
  /** What its Pods answered when they were asked; none where they could not be. */
  own: readonly Reply[]
  /** Of each Pod that was asked: its name and its addresses, which tell nothing about the version. */
  pods?: readonly (readonly string[])[]
}

/** The replies that came from a version. The gateway's own say nothing about one. */
export function repliesIn(outcomes: readonly ConnectionOutcome[]): Reply[] {
  return outcomes.flatMap((outcome) =>
    outcome.kind === 'reply' && !(outcome.head && isGatewayReply(outcome.head))
      ? [{ text: outcome.text, head: outcome.head }]
      : [],
  )
}

/** The words that name each version: its name, and the parts of it that the others lack. */
export function wordsOfVersions(names: readonly string[]): string[][] {
  const parts = names.map((name) => name.split(/[^A-Za-z0-9]+/).filter((part) => part !== ''))
  return names.map((name, index) => {
    const others = parts.filter((_, other) => other !== index).flat()
    return [...new Set([name, ...(parts[index] ?? []).filter((part) => !others.includes(part))])]
  })
}

/** Words as they can stand in a text, in order, each once. They begin and end with a letter or a digit. */
export function tokensIn(text: string): string[] {
  const found = text.slice(0, 4000).match(/[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*/g) ?? []
  const parts = found.flatMap((token) => [token, ...token.split(/[._-]/)])
  return [...new Set(parts)].filter((token) => token.length <= 40)
}

/** Words that may name a version: not parts of a path or of a dotted name, such as /api/v1/ and grpc.health.v1. */
export function namesIn(text: string): string[] {
  const found =
    text
      .slice(0, 4000)
      .match(/(?<![A-Za-z0-9/._-])[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*(?![/.]?[A-Za-z0-9])/g) ?? []
  return [...new Set(found.flatMap((token) => [token, ...token.split(/[_-]/)]))]
}

export function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
