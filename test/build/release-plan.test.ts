import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { releasePlan } from '../../build/release-plan.ts'
import { VERSION } from '../../src/host/version.ts'

const CHANGELOG = `# Changes

## 1.3.0-rc.1 (2026-12-01)

To be tried.

## 1.2.3 (2026-11-20)

- One thing.
- Another.

## 1.2.2 (2026-11-01)

Before.
`

test('a version tag is released with the notes of its section, and the major tag follows', () => {
  expect(releasePlan('v1.2.3', '1.2.3', CHANGELOG, ['v1', 'v1.2.2', 'v1.2.3', 'v2.0.0'])).toEqual({
    notes: '- One thing.\n- Another.',
    prerelease: false,
    majorTag: 'v1',
  })
})

test('a prerelease does not move the major tag, and does not prevent a full version from moving it', () => {
  const tags = ['v1.2.3', 'v1.3.0-rc.1']
  expect(releasePlan('v1.3.0-rc.1', '1.3.0-rc.1', CHANGELOG, tags)).toMatchObject({
    prerelease: true,
    majorTag: undefined,
  })
  expect(releasePlan('v1.2.3', '1.2.3', CHANGELOG, tags).majorTag).toBe('v1')
})

test.each(['v1.2.4', 'v1.3.0', 'v1.10.0'])(
  'a patch of an older version leaves the major tag at %s',
  (newer) => {
    expect(releasePlan('v1.2.3', '1.2.3', CHANGELOG, [newer]).majorTag).toBeUndefined()
  },
)

test.each([
  ['1.2.3', '1.2.3', 'is not a version tag'],
  ['v1.2', '1.2', 'is not a version tag'],
  ['v01.2.3', '01.2.3', 'is not a version tag'],
  ['v1.2.3', '1.2.4', 'The version in package.json is 1.2.4, but the tag is v1.2.3'],
  ['v1.2', '1.2.3', 'is not a version tag'],
  ['v1.2.1', '1.2.1', 'CHANGELOG.md has no section "## 1.2.1 (YYYY-MM-DD)"'],
])('tag %s of package %s is refused: %s', (tag, version, why) => {
  expect(() => releasePlan(tag, version, CHANGELOG, [])).toThrow(why)
})

test('a section without a date or without a text is refused', () => {
  for (const changelog of ['## 1.2.3 (unreleased)\n\nText.\n', '## 1.2.3 (2026-11-20)\n\n'])
    expect(() => releasePlan('v1.2.3', '1.2.3', changelog, [])).toThrow('has no section')
})

test('the present version is in CHANGELOG.md, ready to be dated', () => {
  const changelog = readFileSync(new URL('../../CHANGELOG.md', import.meta.url), 'utf8')
  expect(changelog).toMatch(new RegExp(`^## ${VERSION.replaceAll('.', '\\.')} \\(.+\\)$`, 'm'))
})
