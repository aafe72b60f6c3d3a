'use strict';
/**
 * Stands in for npm inside an n8n under test: n8n's own package installer asks it, and gets what lies in a folder of
 * tarballs. Usage: npm.cjs FOLDER ...npm's arguments. Everything n8n 2 asks is here; anything else says so and fails.
 */
const { execFileSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { copyFileSync, readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

const [folder, command, ...args] = process.argv.slice(2);

const packages = readdirSync(folder)
	.filter((name) => name.endsWith('.tgz'))
	.map((name) => {
		const file = join(folder, name);
		const json = execFileSync('tar', ['-xzOf', file, 'package/package.json'], { encoding: 'utf8' });
		return { file, ...JSON.parse(json) };
	});

function find(spec) {
	const [, name, version] = /^(@?[^@]+)(?:@(.+))?$/.exec(spec) ?? [];
	const found = packages.filter((it) => it.name === name);
	const match =
		found.find((it) => it.version === version) ??
		(version && version !== 'latest' ? undefined : found.at(-1));
	if (match) return match;
	console.error(`npm error code E404\nnpm error 404 Not Found - ${spec}`);
	process.exit(1);
}

switch (command) {
	case 'view': {
		const found = find(args[0]);
		const integrity = `sha512-${createHash('sha512').update(readFileSync(found.file)).digest('base64')}`;
		const responses = { version: found.version, 'dist.integrity': integrity };
		console.log(JSON.stringify(responses[args[1]] ?? null));
		break;
	}
	case 'pack': {
		const found = find(args[0]);
		const name = `${found.name.replace('@', '').replace('/', '-')}-${found.version}.tgz`;
		copyFileSync(found.file, join(process.cwd(), name));
		console.log(name);
		break;
	}
	case 'install': {
		// Run inside the unpacked package: there is something to do only if it has dependencies, and it must have none.
		const { dependencies = {} } = JSON.parse(
			readFileSync(join(process.cwd(), 'package.json'), 'utf8'),
		);
		if (Object.keys(dependencies).length === 0) break;
		console.error(`npm error this package must have no dependencies: ${Object.keys(dependencies)}`);
		process.exit(1);
		break;
	}
	case 'outdated':
		console.log('{}');
		break;
	default:
		console.error(`npm error this stand-in does not know: npm ${[command, ...args].join(' ')}`);
		process.exit(1);
}
