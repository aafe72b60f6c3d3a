const { mkdir, writeFile } = require('node:fs/promises');
const { dirname, join } = require('node:path');

const { dest, parallel, src } = require('gulp');

const { listOutputSchemas } = require('./outputSchemas');

/** Copies what the compiler leaves out, icons and codex files, to the place n8n looks for them. */
function assets() {
	return src('nodes/**/*.{svg,node.json}', { encoding: false }).pipe(dest('dist/nodes'));
}

/** Writes the output schemas where n8n looks for them: beside the node, by its version. */
async function schemas() {
	const folder = join(__dirname, 'dist/nodes/Teamogy/__schema__/v1.0.0');
	for (const { resource, operation, schema } of listOutputSchemas()) {
		const file = join(folder, resource, `${operation}.json`);
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, JSON.stringify(schema));
	}
}

exports.default = parallel(assets, schemas);
