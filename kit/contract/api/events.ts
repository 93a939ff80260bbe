import { describe, expect, onTestFinished, test } from 'vitest'
import { type JsonObject, listAt, objectAt, textAt } from '../../../sandbox/objects/json.ts'
import { eventObject } from '../../../src/host/notices/event-object.ts'
import type { Notice } from '../../../src/report/notices/notices.ts'
import { USER } from '../subject.ts'
import { type Callers, failure, newName, pathTo, stored } from './objects.ts'

const EVENTS = '/api/v1/namespaces/demo/events'

const NOTICE: Notice = {
  type: 'Normal',
  reason: 'StepConfirmed',
  action: 'Shift',
  message: 'Shifted to v2 20%.',
  at: new Date('2026-11-26T11:02:03.456Z'),
}

export function testEvents(callers: () => Callers): void {
  const { call }: Pick<Callers['admin'], 'call'> = {
    call: (...given) => callers().admin.call(...given),
  }

  /** The Event of this tool about the tutorial's VirtualService. */
  async function ownEvent(changes: Partial<Notice> = {}): Promise<JsonObject> {
    const uid = textAt(await stored(callers().admin, pathTo('tcp-echo')), 'metadata', 'uid') ?? ''
    const about = { kind: 'VirtualService', apiVersion: 'networking.istio.io/v1', uid }
    const subject = { ...about, namespace: 'demo', name: 'tcp-echo' }
    return JSON.parse(JSON.stringify(eventObject(subject, { ...NOTICE, ...changes }, newName())))
  }

  async function create(body: JsonObject) {
    const answer = await call('POST', EVENTS, { body })
    const name = textAt(body, 'metadata', 'name') ?? ''
    if (answer.status === 201)
      onTestFinished(async () => {
        await call('DELETE', `${EVENTS}/${name}`)
      })
    return answer
  }

  describe('an Event', () => {
    test('as this tool makes it is created, and found by the object that kubectl describe asks for', async () => {
      const event = await ownEvent({ message: `${'ä'.repeat(600)}!` })
      const { status, body } = await create(event)
      expect(status).toBe(201)
      const { metadata: _, ...content } = event
      expect(body).toMatchObject(content)
      const about = objectAt(event, 'involvedObject')
      const fields = ['name', 'namespace', 'kind', 'uid'].map(
        (field) => `involvedObject.${field}=${textAt(about, field)}`,
      )
      const list = await call(
        'GET',
        `${EVENTS}?fieldSelector=${encodeURIComponent(fields.join(','))}`,
      )
      const named = listAt(list.body, 'items').map((one) => textAt(one, 'metadata', 'name'))
      expect(named).toContain(textAt(event, 'metadata', 'name'))
    })

    test('that exists already is a 409, so that a repeated call does no harm', async () => {
      const event = await ownEvent()
      expect((await create(event)).status).toBe(201)
      const again = await call('POST', EVENTS, { body: event })
      expect(again.status).toBe(409)
      expect(again.body).toMatchObject({ reason: 'AlreadyExists' })
    })

    test.each([
      ['reportingInstance', '', 'reportingInstance: Required value'],
      ['action', '', 'action: Required value'],
      ['reason', '', 'reason: Required value'],
      ['reason', 'R'.repeat(129), 'reason: Invalid value: "": can have at most 128 characters'],
      ['action', 'A'.repeat(129), 'action: Invalid value: "": can have at most 128 characters'],
      [
        'reportingInstance',
        'r'.repeat(129),
        'reportingInstance: Invalid value: "": can have at most 128 characters',
      ],
      ['message', 'ä'.repeat(513), 'message: Invalid value: "": can have at most 1024 characters'],
    ])('whose %s is wrong is a 422: %#', async (field, text, why) => {
      const event = { ...(await ownEvent()), [field]: text }
      const { status, body } = await create(event)
      expect(status).toBe(422)
      const name = textAt(event, 'metadata', 'name')
      expect(textAt(body, 'message')).toBe(`Event ${JSON.stringify(name)} is invalid: ${why}`)
    })

    test('needs the right to create events, and no other', async () => {
      const { status, body } = await callers().user.call('POST', EVENTS, { body: await ownEvent() })
      expect(status).toBe(403)
      expect(body).toEqual(
        failure(
          403,
          'Forbidden',
          `events is forbidden: User "${USER}" cannot create resource "events" in API group "" in the namespace "demo"`,
          { kind: 'events' },
        ),
      )
    })
  })
}
