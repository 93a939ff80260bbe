import { describe, expect, test } from 'vitest'
import { type Json, listAt } from '../../../sandbox/objects/json.ts'
import { type Callers, fresh, GROUP, MERGE_PATCH, patch, pathTo, routeOf } from './objects.ts'

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)

/** An item of managedFields. */
const owner = (manager: string, fieldsV1: Json, version = 'v1') => ({
  manager,
  operation: 'Update',
  apiVersion: `${GROUP}/${version}`,
  time: TIME,
  fieldsType: 'FieldsV1',
  fieldsV1,
})
const MAKER = {
  'f:metadata': { 'f:annotations': { '.': {}, 'f:kept': {} } },
  'f:spec': { '.': {}, 'f:gateways': {}, 'f:hosts': {}, 'f:tcp': {} },
}
const WITHOUT_TCP = { ...MAKER, 'f:spec': { '.': {}, 'f:gateways': {}, 'f:hosts': {} } }
const TCP = { 'f:spec': { 'f:tcp': {} } }
const WEIGHTS: Json = [
  { op: 'replace', path: '/spec/tcp/0/route', value: routeOf({ v1: 1, v2: 2 }) },
]
const JOURNAL: Json = [{ op: 'add', path: '/metadata/annotations/shift~1journal', value: '{}' }]
const journal = { 'f:metadata': { 'f:annotations': { 'f:shift/journal': {} } } }

export function testOwners(callers: () => Callers): void {
  const send = (path: string, operations: Json, agent: string) =>
    patch(callers().admin, path, operations, { 'User-Agent': agent })
  const ownersIn = (object: Json) => listAt(object, 'metadata', 'managedFields')
  // Their order goes by times in whole seconds.
  const owners = (...entries: Json[]) =>
    expect.toSatisfy((found: Json[]) => {
      expect(found).toHaveLength(entries.length)
      expect(found).toEqual(expect.arrayContaining(entries))
      return true
    })

  describe('managedFields', () => {
    test('name the creator of all fields', async () => {
      const { body } = await fresh(callers().admin)
      expect(ownersIn(body)).toEqual([owner('maker', MAKER)])
    })

    test('move f:tcp to the writer of a weight, and name the writer of each annotation', async () => {
      const { path } = await fresh(callers().admin)
      const weighed = await send(path, WEIGHTS, 'shift/2.0 (linux)')
      expect(ownersIn(weighed.body)).toEqual(
        owners(owner('maker', WITHOUT_TCP), owner('shift', TCP)),
      )
      const marked = await send(`${path}?fieldManager=notes`, JOURNAL, 'shift/2.0')
      expect(ownersIn(marked.body)).toEqual(
        owners(owner('maker', WITHOUT_TCP), owner('shift', TCP), owner('notes', journal)),
      )
    })

    test('count a single weight as all of f:tcp', async () => {
      const { path } = await fresh(callers().admin)
      const weight = [{ op: 'replace', path: '/spec/tcp/0/route/0/weight', value: 5 }]
      const { body } = await send(path, weight, 'shift/2.0')
      expect(ownersIn(body)).toEqual(owners(owner('maker', WITHOUT_TCP), owner('shift', TCP)))
    })

    test('have one item for both writes of a manager', async () => {
      const { path } = await fresh(callers().admin)
      await send(path, WEIGHTS, 'shift/2.0')
      const { body } = await send(path, JOURNAL, 'shift/3.0')
      expect(ownersIn(body)).toEqual(
        owners(owner('maker', WITHOUT_TCP), owner('shift', { ...journal, ...TCP })),
      )
    })

    test('have another item of the same manager for another version', async () => {
      const { path, name } = await fresh(callers().admin)
      await send(path, WEIGHTS, 'shift/2.0')
      const { body } = await send(pathTo(name, 'v1beta1'), JOURNAL, 'shift/2.0')
      expect(ownersIn(body)).toEqual(
        owners(
          owner('maker', WITHOUT_TCP),
          owner('shift', TCP),
          owner('shift', journal, 'v1beta1'),
        ),
      )
    })

    test('lose a manager that no longer owns a field', async () => {
      const { path } = await fresh(callers().admin)
      await send(path, WEIGHTS, 'one/1')
      const { body } = await send(path, [{ op: 'remove', path: '/spec/tcp/0/match' }], 'two/1')
      expect(ownersIn(body)).toEqual(owners(owner('maker', WITHOUT_TCP), owner('two', TCP)))
      await send(path, JOURNAL, 'one/1')
      const removal = [{ op: 'remove', path: '/metadata/annotations/shift~1journal' }]
      const removed = await send(path, removal, 'two/1')
      expect(ownersIn(removed.body)).toEqual(owners(owner('maker', WITHOUT_TCP), owner('two', TCP)))
    })

    test('name the writer of a new map for its parts', async () => {
      const { path } = await fresh(callers().admin, {})
      const labels = [{ op: 'add', path: '/metadata/labels', value: { a: 'b' } }]
      const { body } = await send(path, labels, 'one/1')
      const spec = { 'f:spec': MAKER['f:spec'] }
      expect(ownersIn(body)).toEqual(
        owners(
          owner('maker', spec),
          owner('one', { 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } } }),
        ),
      )
    })

    test('do not change where an existing value is written again', async () => {
      const { path, body } = await fresh(callers().admin)
      const same = [
        { op: 'replace', path: '/spec/tcp/0/route', value: routeOf({ v1: 90, v2: 10 }) },
        { op: 'add', path: '/metadata/annotations/new', value: 'x' },
      ]
      const answer = await send(path, same, 'shift/2.0')
      expect(ownersIn(answer.body)).toEqual(
        owners(
          ...ownersIn(body),
          owner('shift', { 'f:metadata': { 'f:annotations': { 'f:new': {} } } }),
        ),
      )
    })

    test('treat a merge patch like any other', async () => {
      const { path } = await fresh(callers().admin)
      const { body } = await callers().admin.call('PATCH', path, {
        body: { metadata: { annotations: { 'shift/journal': '{}' } } },
        type: MERGE_PATCH,
        headers: { 'User-Agent': 'merger/1' },
      })
      expect(ownersIn(body)).toEqual(owners(owner('maker', MAKER), owner('merger', journal)))
    })

    test('call a writer without a name unknown', async () => {
      const { path } = await fresh(callers().admin)
      const { body } = await patch(callers().admin, path, JOURNAL)
      expect(ownersIn(body)).toEqual(owners(owner('maker', MAKER), owner('unknown', journal)))
    })

    test('can be removed by a patch, and start again with its author', async () => {
      const { path } = await fresh(callers().admin)
      const drop = [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }]
      const { status, body } = await send(path, drop, 'one/1')
      expect(status).toBe(200)
      expect(ownersIn(body)).toEqual([])
    })

    test('are those of a patch that changes nothing else, also those of an apply', async () => {
      const { path } = await fresh(callers().admin)
      await send(path, WEIGHTS, 'shift/2.0')
      const applied = {
        ...owner('gitops', TCP),
        operation: 'Apply',
        time: '2026-01-01T00:00:00Z',
      }
      const made = { ...owner('maker', WITHOUT_TCP), time: '2026-01-01T00:00:00Z' }
      const value = [applied, made]
      const give = [{ op: 'replace', path: '/metadata/managedFields', value }]
      const { status, body } = await send(path, give, 'shift/2.0')
      expect(status).toBe(200)
      expect(ownersIn(body)).toEqual(owners(applied, made))
      const { body: later } = await send(path, JOURNAL, 'notes/1')
      expect(ownersIn(later)).toEqual(owners(applied, made, owner('notes', journal)))
    })

    test('name the author of a patch that changes a value, whatever the patch has', async () => {
      const { path, body } = await fresh(callers().admin)
      const give = { op: 'replace', path: '/metadata/managedFields', value: ownersIn(body) }
      const { body: after } = await send(path, [...(WEIGHTS as Json[]), give], 'shift/2.0')
      expect(ownersIn(after)).toEqual(owners(owner('maker', WITHOUT_TCP), owner('shift', TCP)))
    })
  })
}
