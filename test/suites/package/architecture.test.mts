/** The imports of the shipped code follow the drawing in docs/architecture.md. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const drawing = /```\n([^]*?)```/.exec(readFileSync('docs/architecture.md', 'utf8'))![1];
/** The rooms of each line, from the top. */
const lines = drawing
	.trimEnd()
	.split('\n')
	.map((line) => line.slice(3).split(', '));

/** The room of a file: the longest name in the drawing that its folder begins with. */
const findRoom = (file: string): string => {
	const rooms = lines.flat().filter((room) => `${dirname(file)}/`.startsWith(`${room}/`));
	return rooms.sort((a, b) => b.length - a.length)[0];
};
const getLine = (room: string) => lines.findIndex((rooms) => rooms.includes(room));

const files = ['nodes', 'credentials'].flatMap((folder) =>
	readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => join(folder, name)),
);
const imports = files.flatMap((file) =>
	[...readFileSync(file, 'utf8').matchAll(/ from '(\.[^']+)'/g)].map(([, path]) => ({
		file,
		target: `${join(dirname(file), path)}.ts`,
	})),
);

it('Every room of the code is in the drawing, and every room of the drawing has files', () => {
	expect(imports.length).toBeGreaterThan(300);
	expect(new Set(files.map(findRoom))).toEqual(new Set(lines.flat()));
});

it('Every file that docs/architecture.md names is there', () => {
	const named = readFileSync('docs/architecture.md', 'utf8').matchAll(/`([\w/]+\.ts)`/g);
	const missing = [...named]
		.map(([, name]) => name)
		.filter((name) => !files.some((file) => file.endsWith(`/${name}`)));
	expect(missing).toEqual([]);
});

it('A file imports from its own room and from rooms on lines below it', () => {
	const upwards = imports.filter(({ file, target }) => {
		const [from, to] = [findRoom(file), findRoom(target)];
		return from !== to && getLine(to) <= getLine(from);
	});
	expect(upwards).toEqual([]);
});

it('No file imports itself by way of other files', () => {
	let circular = imports;
	for (let before = Infinity; circular.length < before; ) {
		before = circular.length;
		const importers = new Set(circular.map(({ file }) => file));
		const targets = new Set(circular.map(({ target }) => target));
		circular = circular.filter(({ file, target }) => targets.has(file) && importers.has(target));
	}
	expect(circular).toEqual([]);
});
