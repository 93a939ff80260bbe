import type { Wanted } from '../../src/routes/wanted.ts'
import type { Backend } from './generated-backends.ts'
import type { Choices } from './random.ts'

/** Weights to set: that of one backend, those of all, or that of one that the rule lacks. */
export function wantedOfBackends(backends: readonly Backend[], random: Choices): Wanted {
  const percent = random.oneOf(
    random.between(1, 99),
    random.between(1, 999) / 10,
    random.between(1, 9_999) / 100,
    0.1,
    0.01,
  )
  const names = backends.map((one) => backendName(one, backends))
  const choice = random.oneOf('one', 'one', 'all', 'new')
  if (choice === 'all' && names.length > 1) {
    const rest = (10_000 - Math.round(percent * 100)) / 100
    const parts = [rest, percent, ...names.slice(2).map(() => 0)]
    return {
      kind: 'weights',
      percents: Object.fromEntries(names.map((name, index) => [name, parts[index] ?? 0])),
    }
  }
  if (choice !== 'new' && names.length > 1)
    return { kind: 'weight', subset: names[random.between(0, names.length - 1)] ?? '', percent }
  const subset = random.oneOf(
    'web-new',
    'web-new:9001',
    'other/web-new',
    'other/web-new:9001',
    'on:81',
    '2024:81',
    '1e3:81',
  )
  return { kind: 'weight', subset, percent }
}

/** How the inputs name a backend: the first of its name, `name:port` and `namespace/name` that only it has. */
export function backendName(one: Backend, all: readonly Backend[]): string {
  const others = all.filter((other) => other !== one)
  if (others.every(({ name }) => name !== one.name)) return one.name
  return one.namespace === undefined ? `${one.name}:${one.port}` : `${one.namespace}/${one.name}`
}
