import { expect, test } from 'vitest'
import { samplesText } from '../../../src/rollout/model/percents.ts'
import { unitOf } from '../../../src/rollout/model/sample-unit.ts'

test.each([
  ['tcp', undefined, 'connection'],
  ['tcp', 'tcp', 'connection'],
  ['tcp', 'http', 'connection'],
  ['tls', undefined, 'connection'],
  ['tls', 'http', 'connection'],
  ['http', undefined, 'request'],
  ['http', 'http', 'request'],
  ['http', 'tcp', 'connection'],
  ['http', 'command', 'connection'],
  ['grpc', undefined, 'request'],
  ['grpc', 'grpc', 'request'],
  ['grpc', 'command', 'connection'],
] as const)('a sample of %s rules with probe %s is a %s', (protocol, probe, unit) => {
  expect(unitOf({ protocol }, probe)).toBe(unit)
})

test('samples are counted in their unit', () => {
  expect(samplesText(1, 'request')).toBe('1 request')
  expect(samplesText(1234, 'connection')).toBe('1,234 connections')
})
