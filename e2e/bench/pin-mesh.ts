import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { twoCores } from '../../kit/bench/wire/tools.ts'

/** Moves the whole mesh and this process to the same two cores, and returns what became of that, as a sentence. */
export function pinMesh(): string {
  const cores = twoCores()
  if (cores === undefined)
    return 'Not pinned to two cores: taskset is missing (package util-linux).'
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    spawnSync('taskset', ['--all-tasks', '--pid', '--cpu-list', cores, pid])
  return `Everything runs on cores ${cores}.`
}
