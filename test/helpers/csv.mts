/**
 * Reads CSV as RFC 4180 defines it, character by character, and refuses what the RFC does not allow. No parser of the
 * registry is among the packages that the tests have.
 */
export function parseCsv(text: string, delimiter = ','): string[][] {
	const lines: string[][] = [];
	let line: string[] = [];
	let at = 0;
	const readCell = (): string => {
		let cell = '';
		if (text[at] !== '"') {
			while (at < text.length && ![delimiter, '\r', '\n'].includes(text[at])) {
				if (text[at] === '"') throw new Error(`A quote within a bare cell at ${at}`);
				cell += text[at++];
			}
			return cell;
		}
		for (at++; ; at++) {
			if (at >= text.length) throw new Error('A quoted cell without an end');
			if (text[at] === '"' && text[++at] !== '"') return cell;
			cell += text[at];
		}
	};
	while (at < text.length) {
		line.push(readCell());
		if (text[at] === delimiter) {
			at++;
			if (at === text.length) line.push('');
			continue;
		}
		if (text.slice(at, at + 2) !== '\r\n') throw new Error(`No end of line at ${at}`);
		at += 2;
		lines.push(line);
		line = [];
	}
	if (line.length) throw new Error('The last line has no end');
	return lines;
}
