"""The names of Northgate's world: clients, people, trades. All are invented."""

from __future__ import annotations

# name, city, state, trade, name in QuickBooks ("" = the same)
CLIENTS = """
Mercy General Hospital|Columbus|OH|health|Mercy General Hosp
St. Brendan Medical Center|Dayton|OH|health|Saint Brendan Medical Ctr
Lakeshore Health Partners|Cleveland|OH|health|
Cedar Valley Nursing & Rehab|Akron|OH|health|Cedar Valley Rehab
Bluegrass Children's Clinic|Lexington|KY|health|Bluegrass Childrens Clinic
Hillcrest Assisted Living|Cincinnati|OH|health|
Riverside Surgical Associates|Louisville|KY|health|Riverside Surgical Assoc.
Tri-County Home Health|Toledo|OH|health|Tri County Home Health
Wabash Regional Medical Center|Terre Haute|IN|health|Wabash Regional
Buckeye Steel & Fabrication|Youngstown|OH|plant|Buckeye Steel
Great Lakes Distribution Co.|Toledo|OH|plant|Great Lakes Distribution
Kessler Precision Machining|Dayton|OH|plant|Kessler Precision
Midland Cold Storage|Indianapolis|IN|plant|
Three Rivers Packaging|Pittsburgh|PA|plant|3 Rivers Packaging
Summit Auto Parts Warehouse|Akron|OH|plant|Summit Auto Parts
Ironwood Furniture Mfg.|Grand Rapids|MI|plant|Ironwood Furniture
Ohio Valley Logistics|Wheeling|WV|plant|OVL - Ohio Valley Logistics
Harbor Point Shipyard|Erie|PA|plant|
Castlewood Building Products|Columbus|OH|plant|Castlewood Bldg Products
Prairie Wind Foods|Fort Wayne|IN|plant|Prairie Wind Foods Inc
Delmar Industrial Coatings|Lima|OH|plant|
Northfield Tool & Die|Canton|OH|plant|Northfield Tool + Die
Whitman, Boyd & Hale CPAs|Columbus|OH|money|Whitman Boyd Hale CPAs
First Keystone Credit Union|Pittsburgh|PA|money|
Sterling Insurance Group|Cincinnati|OH|money|Sterling Ins Group
Capitol Title Agency|Columbus|OH|money|
Brightwater Wealth Advisors|Cleveland|OH|money|Brightwater Wealth
Hoosier Farm Lending|Indianapolis|IN|money|
Union County Schools|Marysville|OH|money|Union Cty Schools
Orbital Data Systems|Columbus|OH|tech|
Pinecrest Software|Ann Arbor|MI|tech|Pinecrest Software LLC
Metro Transit Authority|Cincinnati|OH|tech|MTA - Metro Transit
Blue Heron Analytics|Pittsburgh|PA|tech|
Quarry Street Media|Cleveland|OH|tech|Quarry St Media
Telford Networks|Detroit|MI|tech|
State Street Legal Services|Columbus|OH|desk|State St Legal
Grandview Property Management|Columbus|OH|desk|Grandview Property Mgmt
Fairmont Hotels of Ohio|Cleveland|OH|desk|Fairmont Hotels
Hamilton County Clerk of Courts|Cincinnati|OH|desk|Hamilton Co Clerk of Courts
Lindqvist Architects|Minneapolis|MN|desk|
Meadowbrook College|Kalamazoo|MI|desk|
Corwin & Daughters Moving|Lexington|KY|desk|Corwin Moving
Apex Event Staffing Solutions|Detroit|MI|desk|Apex Event Solutions
Granite Peak Title Company|Charleston|WV|desk|
""".strip()

TITLES = {  # trade -> (title, as the bookkeeper writes it, lowest and highest hourly bill rate)
    "health": (
        ("Registered Nurse - ICU", "ICU", 82, 104),
        ("Registered Nurse - Med/Surg", "RN Med Surg", 74, 92),
        ("Licensed Practical Nurse", "LPN", 46, 58),
        ("Certified Nursing Assistant", "CNA", 28, 36),
        ("Respiratory Therapist", "Resp Therapist", 62, 78),
        ("Surgical Technologist", "Surg Tech", 55, 68),
        ("Phlebotomist", "Phleb", 30, 38),
        ("Medical Records Specialist", "Med Records", 31, 39),
    ),
    "plant": (
        ("TIG Welder", "Welder", 44, 58),
        ("Forklift Operator", "Forklift", 27, 34),
        ("CNC Machinist", "CNC", 41, 55),
        ("Warehouse Associate", "Whse", 24, 29),
        ("Maintenance Electrician", "Maint Elec", 48, 63),
        ("Quality Inspector", "QC Inspector", 33, 42),
        ("Production Supervisor, Second Shift", "Prod Supv 2nd", 45, 57),
    ),
    "money": (
        ("Staff Accountant", "Staff Acct", 45, 58),
        ("Accounts Payable Specialist", "AP", 34, 43),
        ("Senior Tax Accountant", "Sr Tax", 72, 95),
        ("Payroll Specialist", "Payroll", 38, 48),
        ("Loan Processor", "Loan Proc", 35, 46),
        ("Interim Controller", "Controller", 110, 140),
    ),
    "tech": (
        ("Java Developer", "Java Dev", 88, 118),
        ("Help Desk Technician", "Help Desk", 36, 46),
        ("Network Engineer", "Network Eng", 78, 102),
        ("Business Systems Analyst", "BSA", 75, 98),
        ("QA Automation Engineer", "QA", 72, 93),
    ),
    "desk": (
        ("Administrative Assistant", "Admin", 29, 37),
        ("Front Desk Receptionist", "Receptionist", 25, 31),
        ("Executive Assistant to the President", "Exec Asst", 42, 54),
        ("Paralegal", "Paralegal", 48, 62),
        ("Customer Service Representative", "CSR", 26, 33),
    ),
}
DIVISIONS = {
    "health": "Healthcare",
    "plant": "Light Industrial",
    "money": "Accounting & Finance",
    "tech": "Information Technology",
    "desk": "Office & Administrative",
}

FIRST_NAMES = tuple(
    """
Elena, Marcus, Priya, DeShawn, Katherine, Luis, Hannah, Tyrone, Mei, Patrick, Aisha,
Gregory, Rosa, Brandon, Olivia, Samuel, Denise, Viktor, Angela, Curtis, Fatima, Jonathan,
Monica, Trevor, Sofia, Raymond, Leticia, Andrew, Keisha, Nathan, Carmen, Douglas, Yolanda,
Kevin, Nadia, Walter, Brenda, Omar, Stephanie, Henry, Guadalupe, Christopher, Tamika, Joel,
Ingrid, Maurice, Alexandria, Dmitri, Bernadette, Francisco
""".replace(",\n", ", ")
    .strip()
    .split(", ")
)
LAST_NAMES = tuple(
    """
Ortiz, Bennett, Raman, Jackson, O'Connor, Fernandez, Kowalski, Washington, Chen, Gallagher,
Hassan, Lindgren, Delgado, Whitaker, Novak, Abernathy, Pruitt, Sokolov, Castellano,
McAllister, Nguyen, Vandenberg, Robinson, Iyer, Mbeki, Thornton, Escobar, Fitzgerald,
Banks, Dubois, Marchetti, Okafor, Peterson, Schwartz, Yamamoto, Quintero, Haverford,
Underwood, Zielinski, Montgomery-Price, St. Clair, Da Silva
""".replace(",\n", ", ")
    .strip()
    .split(", ")
)
