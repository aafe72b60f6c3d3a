import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import { toRecordId } from '../api/record';
import { DOCUMENT_TYPES } from '../api/schema/catalog';
import { listMainViews, supportsMethod } from '../api/schema/resources';
import type { TeamogyClient } from '../api/transport/client';
import { InvalidInput } from '../api/common/invalidInput';
import { normalizeForSearch } from '../api/common/unicode';
import { buildRowSearch } from '../api/views/searchRows';
import { DEFAULT_PAGE_SIZE } from '../api/views/pageSize';
import type { Row } from '../api/views/row';
import { readPositionedPages } from '../api/views/view';
import { createClient } from '../n8n/client';
import { getCurrentResource, getCurrentSelection, withNodeErrors } from './currentSelection';
import { compareRecords, formatLabel } from './recordLabels';

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
/** Requests for one part, at most: a server may give pages of few rows. */
const MAX_PAGES_SCANNED = 40;

/** Where a part of the list begins. */
interface Position {
	view: number;
	/** The first row of a page of the view. */
	offset: number;
	/** Records of the page that earlier parts have listed. */
	skip: number;
}

/**
 * The records of views, those that contain a text in any column. Each page is listed with open records first,
 * the newest first, since views have no documented order. A page holds the whole of a shorter view.
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
		private readonly matchesRow: (row: Row) => boolean,
	) {}

	/** @param paginationToken where this part begins, a `Position` as `0:1000:50` */
	async readPart(paginationToken: string): Promise<INodeListSearchResult> {
		const { results, views } = this;
		const [view, offset, skip] = paginationToken.split(':').map(Number);
		let position: Position | undefined = { view, offset, skip };
		this.hasFoundId = view > 0 || offset > 0 || skip > 0;
		while (position.view < views.length) {
			const next = await this.scanView(position);
			if (next) return { results, paginationToken: `${next.view}:${next.offset}:${next.skip}` };
			position = { view: position.view + 1, offset: 0, skip: 0 };
		}
		if (!this.scannedRows || this.hasFoundId) return { results };
		throw new InvalidInput(
			`The records of the view "${views[0]}" have no ID that can be used`,
			'Nothing can be chosen from a list. Find records with Get Many and a filter.',
		);
	}

	/** @returns where the next part begins; undefined at the end of the view */
	private async scanView(start: Position): Promise<Position | undefined> {
		const { client, unitId } = this;
		const view = this.views[start.view];
		let { offset, skip } = start;
		// A size of its own: the token of the next part counts on it.
		const pageSize = DEFAULT_PAGE_SIZE;
		const query = { view, offset, pageSize, unitId, prefetches: false };
		for await (const { rows: page, nextOffset } of readPositionedPages(client, query)) {
			if (this.results.length >= PAGE_LENGTH) return { ...start, offset, skip: 0 };
			const records = page.filter(({ id }) => toRecordId(id) !== undefined);
			this.hasFoundId ||= records.length > 0;
			this.scannedRows += page.length;
			this.scannedPages++;
			const found = records.filter(this.matchesRow).sort(compareRecords);
			const end = skip + PAGE_LENGTH - this.results.length;
			for (const row of found.slice(skip, end))
				this.results.push({ name: formatLabel(row), value: String(row.id) });
			if (found.length > end) return { ...start, offset, skip: end };
			if (nextOffset === Infinity) return undefined;
			offset = nextOffset;
			skip = 0;
			if (this.hasScannedEnough) return { ...start, offset, skip };
		}
		return undefined;
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
		const views = supportsMethod(resource, 'GET') ? listMainViews(resource) : [currentView];
		const matchesRow = buildRowSearch(filter ?? '') ?? (() => true);
		const search = new RecordSearch(await createClient(this), views, unitId, matchesRow);
		return await search.readPart(paginationToken ?? '0:0:0');
	});
}
