import { expect, onTestFinished } from 'vitest'
import type { Json, JsonObject } from '../../../sandbox/objects/json.ts'
import { COLLECTION, GROUP, newName } from '../api/objects.ts'
import type { Mesh } from '../gateway/mesh.ts'
import { type Reply, type Sent, send } from './request.ts'

export const LIMIT_MS = 10_000

/** A destination of the web application. */
export function to(subset: string, more: JsonObject = {}): JsonObject {
  return { destination: { host: 'web', port: { number: 80 }, subset }, ...more }
}

/** Changes of a reply's headers by which a test sees which destination was chosen. */
export function named(name: string): JsonObject {
  return { headers: { response: { set: { 'x-chosen': name } } } }
}

/**
 * Creates a VirtualService with these http rules for a host of its own, gone after the test, and resolves with a function
 * that sends a request to it.
 */
export async function withRules(
  mesh: Mesh,
  http: readonly Json[],
  spec: JsonObject = {},
): Promise<(sent?: Sent) => Promise<Reply>> {
  const name = newName()
  const host = `${name}.example.com`
  const { status, text } = await mesh.admin.call('POST', COLLECTION, {
    body: {
      apiVersion: `${GROUP}/v1`,
      kind: 'VirtualService',
      metadata: { name, namespace: 'demo' },
      spec: { hosts: [host], gateways: ['web-gateway'], http: [...http], ...spec },
    },
  })
  expect(status, text).toBe(201)
  onTestFinished(async () => {
    await mesh.admin.call('DELETE', `${COLLECTION}/${name}`)
  })
  return (sent) => send(mesh, { host, ...sent })
}

/** Resolves with the first reply that has this status, which it awaits. */
export async function replyWith(
  ask: (sent?: Sent) => Promise<Reply>,
  status: number,
  sent: Sent = {},
): Promise<Reply> {
  let last: Reply | undefined
  await expect
    .poll(
      async () => {
        last = await ask(sent)
        return last.status
      },
      { timeout: LIMIT_MS },
    )
    .toBe(status)
  if (last === undefined) throw new Error('no reply')
  return last
}
