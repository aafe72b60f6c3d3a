const { existsSync, readFileSync, readdirSync, statSync } = require('node:fs');
const { join } = require('node:path');

/**
 * Jest's global setup: tests load `dist/`, so a run on a build that is older than its sources says nothing about them.
 * A source counts as built when its output is not older, an asset when its copy has the same content.
 */
module.exports = () => {
	const reason = findStale(process.cwd());
	if (!reason) return;
	const error = new Error(`${reason}. Run "npm run build" first.`);
	// Jest prints the code that a stack points at.
	error.stack = '';
	throw error;
};

const filesIn = (folder) =>
	existsSync(folder)
		? readdirSync(folder, { recursive: true, withFileTypes: true })
				.filter((entry) => entry.isFile())
				.map((entry) => join(entry.parentPath ?? entry.path, entry.name))
		: [];

/** Why the build under `root` is not the one of its sources; undefined when it is. */
function findStale(root) {
	const built = new Set();
	const changed = (path) => statSync(join(root, path)).mtimeMs;
	const sources = ['credentials', 'nodes'].flatMap((folder) =>
		filesIn(join(root, folder)).map((path) => path.slice(root.length + 1)),
	);
	for (const source of sources) {
		const isCode = source.endsWith('.ts');
		const output = join('dist', isCode ? source.replace(/\.ts$/, '.js') : source);
		built.add(output);
		if (!existsSync(join(root, output))) return `${source} is not in dist/`;
		const stale = isCode
			? Math.max(changed(source), changed('tsconfig.json')) > changed(output)
			: !readFileSync(join(root, source)).equals(readFileSync(join(root, output)));
		if (stale) return `${output} is older than ${source}`;
	}
	const left = filesIn(join(root, 'dist'))
		.map((path) => path.slice(root.length + 1))
		// The build writes the output schemas itself: they have no source each.
		.find((path) => !built.has(path) && !path.includes('__schema__'));
	return left && `${left} has no source any more`;
}

module.exports.findStale = findStale;
