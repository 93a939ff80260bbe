import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { krewManifest } from '../../build/krew-manifest.ts'
import { VERSION } from '../../src/host/version.ts'
import { at, type Json, objectsAt } from '../../src/kube/json.ts'

const TEMPLATE = readFileSync(new URL('../../krew/traffic-shift.yaml', import.meta.url), 'utf8')

test('the Krew manifest has the version, the address and the checksum of the released tarball', () => {
  const tarball = Buffer.from('the tarball')
  const manifest = load(krewManifest(TEMPLATE, '1.2.3', tarball)) as Json
  expect(at(manifest, 'spec', 'version')).toBe('v1.2.3')
  expect(objectsAt(manifest, 'spec', 'platforms')).toMatchObject([
    {
      uri: 'https://github.com/istio-traffic-shift/istio-traffic-shift/releases/download/v1.2.3/istio-traffic-shift-1.2.3.tgz',
      sha256: createHash('sha256').update(tarball).digest('hex'),
    },
  ])
})

test('the Krew manifest of the repository is of the present version, without a checksum', () => {
  expect(at(load(TEMPLATE) as Json, 'spec', 'version')).toBe(`v${VERSION}`)
  expect(TEMPLATE).toContain(`/v${VERSION}/istio-traffic-shift-${VERSION}.tgz`)
  expect(TEMPLATE).toContain(`sha256: "${'0'.repeat(64)}"`)
})
