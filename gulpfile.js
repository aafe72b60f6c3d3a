const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const { dest, parallel, src } = require('gulp');

/** Copies what the compiler leaves out, icons and codex files, to the place n8n looks for them. */
function assets() {
	return src('nodes/**/*.{svg,node.json}', { encoding: false }).pipe(dest('dist/nodes'));
}

/**
 * Replaces the modules that build the parameters of a node by what they build. n8n loads every node when it starts,
 * and building the parameters needs two thirds of the modules.
 */
async function parameters() {
	for (const node of ['Teamogy', 'TeamogyTrigger', 'TeamogyPushTrigger']) {
		const file = `./dist/nodes/${node}/parameters.js`;
		const lines = require(file).parameters.map((parameter) => JSON.stringify(parameter));
		writeFileSync(file, `exports.parameters = [\n${lines.join(',\n')},\n];\n`);
	}
}

/**
 * Writes the output schemas where n8n looks for them: beside the node, by its version. The module that lists them is of
 * no use then, so it is emptied.
 */
async function schemas() {
	const source = join(__dirname, 'dist/nodes/Teamogy/outputSchemas.js');
	const { listOutputSchemas } = require(source);
	const folder = join(__dirname, 'dist/nodes/Teamogy/__schema__/v1.0.0');
	for (const { resource, operation, schema } of listOutputSchemas()) {
		const file = join(folder, resource, `${operation}.json`);
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, JSON.stringify(schema));
	}
	writeFileSync(source, '');
}

exports.default = parallel(assets, parameters, schemas);
