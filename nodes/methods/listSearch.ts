import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import { isObjectOrList } from '../api/json';
import { DOCUMENT_TYPES, supportsMethod } from '../api/schema/catalog';
import type { TeamogyClient } from '../api/transport/client';
import { InvalidInput } from '../api/transport/errors';
import { normalizeForSearch } from '../api/views/normalizeForSearch';
import { DEFAULT_PAGE_SIZE, readPages, type Row } from '../api/views/view';
import { createClient } from '../n8n/client';
import { getCurrentResource, getCurrentSelection, withNodeErrors } from './currentSelection';

/** Lists the document types of the chosen resource that every account has. No request is sent. */
export async function searchDocumentTypes(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const { documentTypes = [] } = getCurrentResource(this);
	const results = documentTypes
		.map((type) => ({ name: `${DOCUMENT_TYPES[type].label} (${type})`, value: type }))
		.filter(({ name }) => normalizeForSearch(name).includes(normalizeForSearch(filter)));
	return { results };
}

/** Records in one part of the list. The editor asks for the next part when one scrolls. */
const PAGE_LENGTH = 50;
/** Rows scanned for one part, at most. */
const MAX_ROWS_SCANNED = 5000;
/** The same for an empty part: the editor cannot scroll an empty list. */
const MAX_ROWS_SCANNED_IF_EMPTY = 20_000;
/** Pages scanned for one part, at most: a server may send pages of a few rows. */
const MAX_PAGES_SCANNED = 40;

/** Columns that tell people what a record is, the best first. Each account configures the columns of a view. */
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

/** A larger number has lost digits and would be the ID of another record. */
const hasUsableId = ({ id }: Row): boolean =>
	Number.isSafeInteger(id) || (typeof id === 'string' && id !== '');

/** Characters of one text that are searched, at most: to normalize accents takes time. */
const MAX_TEXT_SEARCHED = 10_000;

/** Levels of a row that are searched: a row may nest deeper than the stack. */
const MAX_DEPTH_SEARCHED = 20;

const contains = (row: object, needle: string, depth = 1): boolean =>
	Object.values(row).some((value) =>
		isObjectOrList(value)
			? depth < MAX_DEPTH_SEARCHED && contains(value, needle, depth + 1)
			: normalizeForSearch(String(value ?? '').slice(0, MAX_TEXT_SEARCHED)).includes(needle),
	);

/**
 * A search for records in all columns, whatever case and accents. Teamogy's filters have no "contains", so
 * the rows are scanned here, page by page.
 */
class RecordSearch {
	private readonly results: INodeListSearchItems[] = [];

	private scannedRows = 0;

	private scannedPages = 0;

	/** Whether a row had an ID, in this part of the list or before. */
	private hasFoundId = false;

	constructor(
		private readonly client: TeamogyClient,
		private readonly views: readonly string[],
		private readonly unitId: number | undefined,
		private readonly needle: string,
	) {}

	/** @param paginationToken where this part begins: index of the view and offset of the row, `1:50` */
	async readPart(paginationToken: string): Promise<INodeListSearchResult> {
		const { results, views } = this;
		const [firstView, firstOffset] = paginationToken.split(':').map(Number);
		this.hasFoundId = firstView > 0 || firstOffset > 0;
		for (let index = firstView; index < views.length; index++) {
			const offset = await this.scanView(views[index], index === firstView ? firstOffset : 0);
			if (offset !== undefined) return { results, paginationToken: `${index}:${offset}` };
		}
		if (!this.scannedRows || this.hasFoundId) return { results };
		throw new InvalidInput(
			`The rows of the view "${views[0]}" have no ID that can be used`,
			'Nothing can be chosen from a list. Find records with Get Many and a filter.',
		);
	}

	/** @returns the offset at which the next part begins; undefined at the end of the view */
	private async scanView(view: string, start: number): Promise<number | undefined> {
		const { client, unitId } = this;
		// Without a filter one page fills a part of the list. One more row tells whether there is a next part.
		const pageSize = this.needle ? DEFAULT_PAGE_SIZE : PAGE_LENGTH + 1;
		let offset = start;
		const pages = readPages(client, { view, offset, pageSize, unitId, ahead: false });
		for await (const page of pages) {
			if (this.isFull || this.hasScannedEnough) return offset;
			// A server without paging sends all rows, and would send them again for the next part.
			const isWholeView = page.length > pageSize;
			for (const row of page) {
				if (this.isFull && !isWholeView) return offset;
				offset++;
				this.addIfMatches(row);
			}
			this.scannedRows += page.length;
			this.scannedPages++;
			if (this.hasScannedEnough && !isWholeView) return offset;
		}
		return undefined;
	}

	private addIfMatches(row: Row): void {
		if (!hasUsableId(row)) return;
		this.hasFoundId = true;
		if (!this.needle || contains(row, this.needle))
			this.results.push({ name: formatLabel(row), value: String(row.id) });
	}

	private get isFull(): boolean {
		return this.results.length >= PAGE_LENGTH;
	}

	private get hasScannedEnough(): boolean {
		const max = this.results.length ? MAX_ROWS_SCANNED : MAX_ROWS_SCANNED_IF_EMPTY;
		return this.scannedRows >= max || this.scannedPages >= MAX_PAGES_SCANNED;
	}
}

/** Lists records to choose from, those that contain the filter in any column. */
export async function searchRecords(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await withNodeErrors(this, async () => {
		const { resource, view: currentView, unitId } = getCurrentSelection(this);
		// A view such as companies.client is a part of companies and adds no record to the list.
		const views = supportsMethod(resource, 'GET')
			? resource.views.filter((view) => !resource.views.some((one) => view.startsWith(`${one}.`)))
			: [currentView];
		const needle = normalizeForSearch(filter?.trim() ?? '');
		const search = new RecordSearch(await createClient(this), views, unitId, needle);
		return await search.readPart(paginationToken ?? '0:0');
	});
}
