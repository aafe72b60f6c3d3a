import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import { supportsMethod } from '../api/schema/catalog';
import { normalizeForSearch } from '../api/views/normalizeForSearch';
import { InvalidInput } from '../api/transport/errors';
import { DEFAULT_PAGE_SIZE, readPages, type Row } from '../api/views/view';
import { createClient } from '../n8n/client';
import { getCurrentSelection, withNodeErrors } from './currentSelection';

/** Records shown at once; the editor asks for more as one scrolls. */
const PAGE_LENGTH = 50;
/** Rows looked through for one answer, at most: a page of the usual size, a few times. */
const MAX_ROWS_SCANNED = 5000;
/** The editor cannot scroll an empty list, so more is looked through until there is one. */
const MAX_ROWS_SCANNED_IF_EMPTY = 20_000;

/** Columns that tell people what a record is, best first. Which a view has is each account's configuration. */
const LABEL_COLUMNS = [
	'number',
	'code',
	'name',
	'subject',
	'title',
	'firstName',
	'lastName',
	'companyName',
	'email',
	'userName',
	'description',
];

const formatLabel = (row: Row): string => {
	const fields = { ...(row.properties as Row | undefined), ...row };
	const parts = LABEL_COLUMNS.map((name) => fields[name]).filter(
		(part) => (typeof part === 'string' && part.trim() !== '') || typeof part === 'number',
	);
	const label = [...new Set(parts.map(String))].slice(0, 3).join(' – ');
	return label ? `${label} (${String(row.id)})` : String(row.id);
};

const hasId = ({ id }: Row): boolean =>
	typeof id === 'number' || (typeof id === 'string' && id !== '');

/** Characters of one text that are searched, at most: putting accents in order takes time. */
const MAX_TEXT_SEARCHED = 10_000;

const contains = (row: Row, needle: string): boolean =>
	Object.values(row).some((value) =>
		typeof value === 'object' && value !== null
			? contains(value as Row, needle)
			: normalizeForSearch(String(value ?? '').slice(0, MAX_TEXT_SEARCHED)).includes(needle),
	);

/**
 * Records to choose from, searched in all their columns regardless of case and accents. Teamogy's
 * filters know no "contains", so the rows are looked through here, page by page.
 */
export async function searchRecords(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await withNodeErrors(this, async () => {
		const { resource, view: chosenView, unitId } = getCurrentSelection(this);
		const { views } = resource;
		// A view such as companies.client holds a part of companies, so it adds nothing to the list.
		const lists = supportsMethod(resource, 'GET')
			? views.filter((view) => !views.some((other) => view.startsWith(`${other}.`)))
			: [chosenView];
		const client = await createClient(this);
		const needle = normalizeForSearch(filter?.trim() ?? '');
		const [startView, startOffset] = (paginationToken ?? '0:0').split(':').map(Number);

		const results: INodeListSearchItems[] = [];
		const pageSize = needle ? DEFAULT_PAGE_SIZE : PAGE_LENGTH + 1;
		let scannedRows = 0;
		const hasLookedEnough = () =>
			scannedRows >= (results.length ? MAX_ROWS_SCANNED : MAX_ROWS_SCANNED_IF_EMPTY);
		let anyId = startView > 0 || startOffset > 0;
		for (let list = startView; list < lists.length; list++) {
			let position = list === startView ? startOffset : 0;
			const pages = readPages(client, {
				view: lists[list],
				offset: position,
				pageSize,
				unitId,
				ahead: false,
			});
			const more = () => ({ results, paginationToken: `${list}:${position}` });
			for await (const page of pages) {
				if (results.length >= PAGE_LENGTH || hasLookedEnough()) return more();
				// A server that knows no pages sends all it has, and would send it again for the next ones.
				const isLonger = page.length > pageSize;
				for (const row of page) {
					if (results.length >= PAGE_LENGTH && !isLonger) return more();
					position++;
					if (!hasId(row)) continue;
					anyId = true;
					if (!needle || contains(row, needle))
						results.push({ name: formatLabel(row), value: String(row.id) });
				}
				scannedRows += page.length;
				if (hasLookedEnough() && !isLonger) return more();
			}
		}
		if (scannedRows && !anyId) {
			throw new InvalidInput(
				`The rows of the view "${lists[0]}" have no ID`,
				'Nothing can be chosen from a list. Find records with Get Many and a filter.',
			);
		}
		return { results };
	});
}
