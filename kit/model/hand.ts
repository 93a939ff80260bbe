import type { Json } from '../../sandbox/objects/json.ts'
import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { MANAGER } from '../../src/kube/request/api-request.ts'
import { ROUTE } from '../run/object.ts'

/** What another client does to the object, in one write; nothing where there is no object. */
export type Edit = keyof typeof EDITS

export const EDITS = {
  /** A client sets other weights. */
  weights: (sandbox: Sandbox) => change(sandbox, (object) => setWeights(object, 70)),
  /** A GitOps controller restores what its repository has. */
  revert: (sandbox: Sandbox) => change(sandbox, (object) => setWeights(object, 20)),
  /** A client inserts a rule above that of the run. */
  'rule above': (sandbox: Sandbox) =>
    change(sandbox, (object) => entriesOf(object).unshift(rule(9001, 100))),
  /** A client sets the weights of another rule, which comes with the first such edit. */
  'other rule': (sandbox: Sandbox) =>
    change(sandbox, (object) => {
      const entries = entriesOf(object).filter(({ match }) => match[0]?.port !== 9002)
      object.spec = { ...(object.spec as object), tcp: [...entries, rule(9002, 30)] }
    }),
  label: (sandbox: Sandbox) =>
    change(sandbox, ({ metadata }) => {
      metadata.labels = { team: 'payments' }
    }),
  /** Somebody's apply prunes annotations and leaves the spec. */
  prune: (sandbox: Sandbox) => change(sandbox, ({ metadata }) => delete metadata.annotations),
  /** Somebody's apply of the file as it was in the beginning: annotations pruned, weights and all. */
  apply: (sandbox: Sandbox) =>
    change(sandbox, (object) => {
      delete object.metadata.annotations
      setWeights(object, 20)
    }),
  delete: (sandbox: Sandbox) => {
    if (sandbox.objects.get(ROUTE)) sandbox.objects.delete(ROUTE)
  },
  /** Deleted and recreated as it is, with its journal. */
  recreate: (sandbox: Sandbox) => {
    const object = sandbox.objects.get(ROUTE)
    if (!object) return
    sandbox.objects.delete(ROUTE)
    sandbox.objects.create(object, MANAGER)
  },
} satisfies Record<string, (sandbox: Sandbox) => void>

type Rule = { match: { port?: number }[]; route: Json[] }

function change(sandbox: Sandbox, edit: (object: KubeObject) => unknown): void {
  const object = sandbox.objects.get(ROUTE)
  if (!object) return
  edit(object)
  sandbox.objects.replace(object, MANAGER)
}

function entriesOf(object: KubeObject): Rule[] {
  return (object.spec as { tcp: Rule[] }).tcp
}

function rule(port: number, weight: number): Rule {
  return { match: [{ port }], route: [{ destination: { host: 'other' }, weight }] }
}

/** v2's percent, in the rule that runs shift; v1 gets the rest. */
function setWeights(object: KubeObject, percent: number): void {
  const ours = entriesOf(object).find(({ match }) => match[0]?.port === 31400)
  if (!ours) return
  ours.route = [100 - percent, percent].map((weight, index) => ({
    destination: { host: 'tcp-echo', port: { number: 9000 }, subset: `v${index + 1}` },
    weight,
  }))
}
