import { CLUSTERS } from './cluster-fixtures.ts'
import { LISTS, PATHS } from './file-fixtures.ts'
import type { Fixture } from './fixture.ts'
import { PLUGINS } from './plugin-fixtures.ts'
import { TEXTS } from './text-fixtures.ts'
import { USERS } from './user-fixtures.ts'

export const FIXTURES: readonly Fixture[] = [
  ...USERS,
  ...CLUSTERS,
  ...PLUGINS,
  ...PATHS,
  ...TEXTS,
  ...LISTS,
]
