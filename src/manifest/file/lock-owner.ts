import { randomUUID } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { isObject, type Json, numberAt, textAt } from '../../kube/json.ts'

/** The process that holds a lock. `id` is unique for each lock of a process. */
export type Owner = { pid: number; machine: string; id: string }

export function ownOwner(): Owner {
  return { pid: process.pid, machine: machine(), id: randomUUID() }
}

/** undefined for a lock without an owner: the process was killed while it created the lock, or is of an older version. */
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

/** Whether the process has certainly ended. For a process of another machine or container this is not known. */
export function hasEnded(owner: Owner): boolean {
  if (owner.machine !== machine() || !Number.isInteger(owner.pid) || owner.pid <= 0) return false
  try {
    process.kill(owner.pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

/** The scope in which a process number is unique: host, boot, and on Linux the container. */
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
