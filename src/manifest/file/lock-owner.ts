import { randomUUID } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { isObject, type Json, numberAt, textAt } from '../../kube/json.ts'

/** The process that holds a lock. `id` tells two locks of one process apart. */
export type Owner = { pid: number; machine: string; id: string }

export function ownOwner(): Owner {
  return { pid: process.pid, machine: machine(), id: randomUUID() }
}

/** undefined for a lock that names none: its owner was killed as it made it, or is of an older version. */
export function parseOwner(text: string): Owner | undefined {
  let value: Json
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(value)) return undefined
  const pid = numberAt(value, 'pid')
  const where = textAt(value, 'machine')
  const id = textAt(value, 'id')
  if (pid === undefined || where === undefined || id === undefined) return undefined
  return { pid, machine: where, id }
}

/** Whether the process is gone for certain: of another machine or container that cannot be told. */
export function hasEnded(owner: Owner): boolean {
  if (owner.machine !== machine() || !Number.isInteger(owner.pid) || owner.pid <= 0) return false
  try {
    process.kill(owner.pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

/** Where a process number means the same process: host, boot, and on Linux the container. */
function machine(): string {
  return [
    hostname(),
    orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    orEmpty(() => readlinkSync('/proc/self/ns/pid')),
  ].join(' ')
}

function orEmpty(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
