import { isOfMesh, type Rule } from '../../routes/rule.ts'

/** What splits traffic by the weights of a rule: a gateway, or in the mesh the proxies of clients and waypoints. */
export type Splitter = 'gateway' | 'mesh'

/** What a run, a check or a text about it has; absent: a gateway. */
export type OfSplitter = { splitter?: Splitter | undefined }

export function splitterOf(rule: Pick<Rule, 'listeners'>): Splitter {
  return isOfMesh(rule) ? 'mesh' : 'gateway'
}

/** `the gateway`, as texts name it. */
export function theSplitter({ splitter = 'gateway' }: OfSplitter): string {
  return `the ${splitter}`
}

/** The same at the start of a sentence. */
export function TheSplitter({ splitter = 'gateway' }: OfSplitter): string {
  return `The ${splitter}`
}

/** One of the proxies that split. */
export function oneProxy({ splitter = 'gateway' }: OfSplitter): string {
  return splitter === 'mesh' ? 'client proxy or waypoint' : 'gateway replica'
}
