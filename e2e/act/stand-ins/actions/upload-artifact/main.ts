import { cpSync, globSync } from 'node:fs'
import path from 'node:path'

const { INPUT_NAME = '', INPUT_PATH = '', ARTIFACTS = '' } = process.env
for (const found of globSync(INPUT_PATH.trim().split('\n')))
  cpSync(found, path.join(ARTIFACTS, INPUT_NAME, path.basename(found)), { recursive: true })
