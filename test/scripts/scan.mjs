/**
 * n8n's scanner of community packages, with the warnings that its own command hides:
 * `node test/scripts/scan.mjs source .` scans a checkout, `node test/scripts/scan.mjs package DIR` an unpacked tarball.
 * Prints what it found as JSON: how many files, and the findings.
 */
import { ESLint } from 'eslint';
import {
	buildScanConfig,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';

const [kind, cwd] = process.argv.slice(2);
const patterns = { source: SOURCE_FILE_PATTERNS, package: ['**/*.js', 'package.json'] }[kind];

const eslint = new ESLint({
	cwd,
	allowInlineConfig: false,
	overrideConfigFile: true,
	overrideConfig: await buildScanConfig(),
});
const results = await eslint.lintFiles(patterns);
const findings = results.flatMap(({ filePath, messages }) =>
	messages.map(({ severity, ruleId, line, message }) => ({
		severity: severity === 2 ? 'error' : 'warning',
		file: filePath,
		line,
		ruleId,
		message,
	})),
);
process.stdout.write(JSON.stringify({ files: results.length, findings }));
