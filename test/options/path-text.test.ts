import { expect, test } from 'vitest'
import { otherFiles } from '../../src/options/path-text.ts'

test('the files of the other options are those that are given as paths', () => {
  const given: Readonly<Record<string, string>> = {
    manifest: ' a.yaml\n',
    junit: 'junit.xml',
    report: 'out',
    kubeconfig: 'apiVersion: v1\nkind: Config\n',
    'gateway-kubeconfig': 'auto',
    'probe-ca': 'ca.pem',
    'probe-key': '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
  }
  expect([...otherFiles((name) => given[name], 'junit')]).toEqual([
    ['manifest', 'a.yaml'],
    ['probe-ca', 'ca.pem'],
  ])
})
