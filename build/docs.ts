import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { canaryWorkflow, SHIFT_ACTION } from './canary.ts'
import { configSchema } from './config-schema.ts'
import { manPage } from './man-page.ts'
import { actionManifest, withTables } from './manifest.ts'
import { pinIn } from './own-pin.ts'

/** Writes what is generated from tables: action.yml, its copy for canary.yml, canary.yml, the tables of the README, the schema of options files, and the manual page. */
const root = path.resolve(import.meta.dirname, '..')
const readme = path.join(root, 'README.md')
writeFileSync(path.join(root, 'action.yml'), actionManifest())
writeFileSync(path.join(root, SHIFT_ACTION, 'action.yml'), actionManifest('../../../'))
const example = readFileSync(path.join(root, 'examples/http-release.yml'), 'utf8')
const upload = pinIn(example, 'actions/upload-artifact')
writeFileSync(path.join(root, '.github/workflows/canary.yml'), canaryWorkflow(upload))
writeFileSync(readme, withTables(readFileSync(readme, 'utf8')))
const schema = `${JSON.stringify(configSchema(), null, 2)}\n`
writeFileSync(path.join(root, 'docs', 'config.schema.json'), schema)
mkdirSync(path.join(root, 'man'), { recursive: true })
writeFileSync(path.join(root, 'man', 'istio-traffic-shift.1'), manPage())
