#!/usr/bin/env python3
"""What other programs make of our files, and we of theirs: run by hand when a form of them changes.

    python3 -m venv venv && venv/bin/pip install odfpy==1.4.1 openpyxl==3.1.5 vobject==0.9.9
    venv/bin/python tests/registers.py write fixtures/import/ods/contacts.ods
    venv/bin/python tests/registers.py read FOLDER

`write` makes the spreadsheet that tests/it/importing.rs reads, with all that LibreOffice's users put into cells. `read` opens
what lies in a folder with programs that are not ours, and compares: contacts.json (`tldops roster export --json`),
contacts.csv and contacts.vcf (the other forms of it), stats.xlsx and stats.json (`tldops stats`).
"""
import csv
import json
import pathlib
import sys

PEOPLE = [
    [".nl", "1", "Joost Terpstra", "joost@tulpnic.example", "+31 6 22479105"],
    [".nl", "2", "Marieke de Wit", "marieke@tulpnic.example", "+31 20 2247910"],
    [".fr", "1", "Zoé Martin", "zoe.martin@nic-fr.example", "+33 1 39 30 83 00"],
    [".рф", "1", "Анна Иванова", "anna@nic-rf.example", "+7 495 730 2971"],
    ["امارات.", "1", "ليلى حسن", "layla@nic-ae.example", "+971 4 230 0000"],
]


def write(path):
    from odf.dc import Creator
    from odf.office import Annotation
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.style import Style, TableProperties
    from odf.table import CoveredTableCell, Table, TableCell, TableRow
    from odf.text import A, P, S, Span

    book = OpenDocumentSpreadsheet()

    def text(content, **kinds):
        cell = TableCell(valuetype="string", **kinds)
        for line in content.split("\n"):
            paragraph = P()
            first, *rest = line.split("  ")
            paragraph.addText(first)
            for part in rest:
                paragraph.addElement(S(c=2))
                paragraph.addText(part)
            cell.addElement(paragraph)
        return cell

    def row(cells, **kinds):
        line = TableRow(**kinds)
        for cell in cells:
            line.addElement(text(cell) if isinstance(cell, str) else cell)
        return line

    sheet = Table(name="Europe")
    sheet.addElement(row(["TLD-OPS, as of June"]))
    sheet.addElement(TableRow(numberrowsrepeated=2))
    sheet.addElement(row(["ccTLD", "#", "Name", "E-mail", "Phone"]))
    for person in PEOPLE:
        sheet.addElement(row(person))
    # An address that is a link, a name with a note and with a part in bold.
    link = TableCell(valuetype="string")
    paragraph = P()
    paragraph.addElement(A(href="mailto:luc@dnsbelgium.example", text="luc@dnsbelgium.example"))
    link.addElement(paragraph)
    noted = TableCell(valuetype="string")
    note = Annotation()
    note.addElement(Creator(text="Kim"))
    note.addElement(P(text="Call him on +32 9 999 99 99 instead"))
    noted.addElement(note)
    bold = P()
    bold.addElement(Span(text="Luc"))
    bold.addText(" Peeters")
    noted.addElement(bold)
    sheet.addElement(row([".be", "1", noted, link, "+32 16 28 49 70"]))
    # A number that the spreadsheet computes with, a place that is one, and a formula.
    number = TableCell(valuetype="float", value="4912345678")
    number.addElement(P(text="4912345678"))
    place = TableCell(valuetype="float", value="1")
    place.addElement(P(text="1"))
    formula = TableCell(valuetype="string", formula="of:=[.C5]", stringvalue="Bernd Vogel")
    formula.addElement(P(text="Bernd Vogel"))
    sheet.addElement(row([".de", place, formula, "bernd@denic.example", number]))
    # One ccTLD over two rows, two lines in a cell, spaces in a row.
    sheet.addElement(row([text(".se", numberrowsspanned=2, numbercolumnsspanned=1), "1", "Åsa  Öberg", "asa@nic-se.example", "+46 8 452 35 00"]))
    line = TableRow()
    line.addElement(CoveredTableCell())
    for cell in ["2", "Nils\nLind", "nils@nic-se.example", "+46 8 452 35 01"]:
        line.addElement(text(cell))
    sheet.addElement(line)
    sheet.addElement(TableRow(numberrowsrepeated=1048000))
    book.spreadsheet.addElement(sheet)
    hidden = Style(name="hidden", family="table")
    hidden.addElement(TableProperties(display="false"))
    book.automaticstyles.addElement(hidden)
    old = Table(name="Old", stylename=hidden)
    old.addElement(row(["ccTLD", "#", "Name", "E-mail", "Phone"]))
    old.addElement(row([".it", "1", "Rosa Rossi", "rosa@nic-it.example", "+39 050 9719811"]))
    book.spreadsheet.addElement(old)
    book.save(path)


def plain(number):
    return number.replace(" ", "") if number else None


def read(folder):
    import openpyxl
    import vobject

    folder = pathlib.Path(folder)
    lines = [json.loads(line) for line in (folder / "contacts.json").read_text().splitlines()]
    # A contact is himself whatever ccTLD he is for.
    want = sorted((one["tld"], one["rank"], one["name"], one["email"], one["secondary_email"], one["phone"]) for one in lines)
    with open(folder / "contacts.csv", newline="", encoding="utf-8-sig") as table:
        rows = list(csv.DictReader(table))
    text = lambda cell: cell[1:] if cell.startswith("'") else cell
    found = sorted(
        (row["A-label"], int(row["Place"]), text(row["Name"]), row["E-mail"], row["Second e-mail"] or None, plain(row["Phone"]))
        for row in rows
    )
    assert found == want, differ(found, want)
    print(f"contacts.csv: {len(found)} rows as they should be")

    found = []
    for card in vobject.readComponents((folder / "contacts.vcf").read_text(encoding="utf-8")):
        mails = [mail.value for mail in card.contents.get("email", [])]
        # A number is a URI in vCard 4 (RFC 6350 §6.4.1).
        phones = [phone.value.removeprefix("tel:") for phone in card.contents.get("tel", [])]
        for place in card.contents["x-tld-ops"]:
            tld, rank = place.value.split()
            found.append((tld, int(rank), card.fn.value, mails[0], (mails + [None])[1], plain((phones + [None])[0])))
    found.sort()
    assert found == want, differ(found, want)
    print(f"contacts.vcf: {len(found)} places as they should be")

    book = openpyxl.load_workbook(folder / "stats.xlsx")
    told = json.loads((folder / "stats.json").read_text())
    counts = [[cell.value for cell in row] for row in book["Membership"].iter_rows()]
    total = next(row for row in counts if row[0] == "Total")
    assert total[1] == told["all"]["members"] and total[3] == told["all"]["missing"], total
    assert book["Membership"]["C4"].number_format == "0%", book["Membership"]["C4"].number_format
    missing = {row[2].value for row in book["Missing"].iter_rows(min_row=2)}
    assert missing == {tld for tlds in told["missing"].values() for tld in tlds}
    growth = [(row[0].value, row[2].value, row[3].value) for row in book["Growth"].iter_rows(min_row=2)]
    assert growth == [(point["day"], point["ascii"], point["idn"]) for point in told["growth"]]
    print(f"stats.xlsx: {book.sheetnames}, counts, {len(missing)} missing ones and {len(growth)} days as they should be")


def differ(found, want):
    return [one for one in found if one not in want][:3], [one for one in want if one not in found][:3]


if __name__ == "__main__":
    {"write": write, "read": read}[sys.argv[1]](sys.argv[2])
