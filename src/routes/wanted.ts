import type { Protocol } from './rule.ts'

/** Which rule of a route object the input `route` names; `any`: the only one that fits. */
export type RouteSelector =
  | { kind: 'any' }
  | {
      /** `rule`: of a kind whose rules have one protocol. */
      kind: Protocol | 'rule'
      /** What is behind the colon: a port, an SNI, or the name of a rule. */
      text?: string
      /** What is in the brackets: the position in the object. */
      index?: number
    }

/** The gateway port that the input names; undefined where it names none. */
export function portIn(selector: RouteSelector): number | undefined {
  return selector.kind === 'tcp' && selector.text !== undefined ? Number(selector.text) : undefined
}

/** The input `route` as it was given; empty where it was not. */
export function selectorText(selector: RouteSelector): string {
  if (selector.kind === 'any') return ''
  const { kind, text, index } = selector
  if (index !== undefined) return `${kind}[${index}]`
  return text === undefined ? kind : `${kind}:${text}`
}

/** The weights that are asked for. */
export type Wanted =
  | { kind: 'weight'; subset: string; percent: number }
  | { kind: 'weights'; percents: Readonly<Record<string, number>> }
  /** `verify` only: the weights that the object has. */
  | { kind: 'current' }
