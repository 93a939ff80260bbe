import { expect, onTestFinished } from 'vitest'
import { dig, type Json, type JsonObject } from '../../../sandbox/objects/json.ts'
import { GROUP, patch, pathTo, routeOf } from '../api/objects.ts'
import type { Client } from '../client.ts'
import type { Subject } from '../subject.ts'

/** A mesh and its administrator. */
export type Mesh = Subject & { admin: Client }

export const ROUTE = pathTo('tcp-echo')
/** Where nothing listens unless a test has it so. */
export const SPARE_PORT = 31401

/** A rule of a route, with destinations by weight; undefined: without a weight. */
export function rule(
  weights: Readonly<Record<string, number | undefined>>,
  ...match: readonly JsonObject[]
): Json {
  return { ...(match.length === 0 ? {} : { match: [...match] }), route: routeOf(weights) }
}

/** Gives the tutorial's VirtualService these rules. */
export async function write(mesh: Mesh, ...tcp: readonly Json[]): Promise<void> {
  await writeSpec(mesh, ROUTE, { tcp: [...tcp] })
}

/** Gives an object other values of some fields of its spec. */
export async function writeSpec(mesh: Mesh, path: string, fields: JsonObject): Promise<void> {
  const operations = Object.entries(fields).map(([field, value]) => ({
    op: 'replace',
    path: `/spec/${field}`,
    value,
  }))
  const { status, text } = await patch(mesh.admin, path, operations)
  expect(status, text).toBe(200)
}

/** The same until the test is over, when the field is what it was. */
export async function lendSpec(
  mesh: Mesh,
  path: string,
  field: string,
  value: Json,
): Promise<void> {
  const { body } = await mesh.admin.call('GET', path)
  const before = dig(body, 'spec', field) ?? null
  onTestFinished(() => writeSpec(mesh, path, { [field]: before }))
  await writeSpec(mesh, path, { [field]: value })
}

/** Creates a VirtualService with one rule that all the tutorial's connections fit, gone after the test. */
export async function addRoute(
  mesh: Mesh,
  name: string,
  tcp: Json,
  gateways: readonly string[] = ['tcp-echo-gateway'],
): Promise<Json> {
  const { status, text, body } = await mesh.admin.call(
    'POST',
    pathTo(name).replace(/\/[^/]+$/, ''),
    {
      body: {
        apiVersion: `${GROUP}/v1`,
        kind: 'VirtualService',
        metadata: { name, namespace: 'demo' },
        spec: { hosts: ['*'], gateways: [...gateways], tcp: [tcp] },
      },
    },
  )
  expect(status, text).toBe(201)
  onTestFinished(async () => {
    await mesh.admin.call('DELETE', pathTo(name))
  })
  return body
}

/** Opens more ports of the tutorial's Gateway until the test is over. */
export async function openPorts(mesh: Mesh, ...ports: readonly number[]): Promise<void> {
  const path = `/apis/${GROUP}/v1/namespaces/demo/gateways/tcp-echo-gateway`
  const servers = [mesh.gateway.port, ...ports].map((number) => ({
    port: { number, name: `tcp-${number}`, protocol: 'TCP' },
    hosts: ['*'],
  }))
  // Else the next test would find what this one left.
  onTestFinished(async () => {
    for (const port of ports) await mesh.serves(undefined, port)
  })
  await lendSpec(mesh, path, 'servers', servers)
}
