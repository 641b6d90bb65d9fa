"""Pools of invented people, firms and titles for the data sets of matching."""

from __future__ import annotations

FIRST = {
    "a": "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara "
    "Richard Susan Joseph Jessica Thomas Karen Christopher Sarah Charles Nancy Daniel Lisa Matthew "
    "Margaret Anthony Betty Mark Sandra Donald Ashley Steven Kimberly Andrew Donna Paul Emily Joshua "
    "Michelle Kenneth Carol Kevin Amanda Brian Melissa Timothy Deborah Ronald Stephanie Jason Rebecca "
    "Edward Laura Jeffrey Sharon Ryan Cynthia Jacob Kathleen Gary Amy Nicholas Angela Eric Shirley",
    "b": "José María Luis Carmen Carlos Ana Jorge Rosa Miguel Elena Juan Lucía Pedro Sofía Alejandro "
    "Valeria Ricardo Gabriela Fernando Isabel Diego Paula Andrés Marta Raúl Teresa Sergio Julia "
    "Manuel Pilar Wei Mei Jun Xin Hao Ling Yan Min Chen Hui Anh Linh Minh Thu Nguyet Huy Amit Priya "
    "Rahul Anjali Sanjay Deepa Vijay Kavita Ravi Sunita Omar Fatima Ahmed Aisha Yusuf Layla Zoë René",
    "c": "Liam Olivia Noah Emma Oliver Charlotte Elijah Amelia Benjamin Ava Lucas Sophia Henry Isabella "
    "Theodore Mia Samuel Evelyn Gregory Harper Nathaniel Camila Zachary Gianna Vincent Abigail Walter "
    "Luna Frederick Ella Raymond Victoria Lawrence Sandy Albert Chloe Eugene Penelope Gerald Layla "
    "Terrence Riley Curtis Zoey Philip Nora Leonard Lily Stanley Eleanor Maurice Hannah Dmitri Nadia",
}
COMMON = {
    "a": "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Moore Jackson Martin "
    "Lee Thompson White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green "
    "Adams Nelson Baker Hall Campbell Mitchell Carter Roberts Turner Phillips Parker Evans Edwards "
    "Collins Stewart Morris Murphy Cook Rogers Morgan Cooper Peterson Reed Bailey Kelly Howard Ward",
    "b": "García Martínez López González Hernández Pérez Sánchez Ramírez Torres Flores Rivera Gómez "
    "Díaz Cruz Morales Ortiz Gutiérrez Chávez Ramos Ruiz Álvarez Mendoza Castillo Jiménez Vásquez "
    "Nguyen Tran Le Pham Huynh Wang Li Zhang Liu Chen Yang Huang Zhao Wu Patel Singh Kumar Sharma "
    "Gupta Khan Ali Ahmed Hussain Da-Silva De-la-Cruz O'Brien D'Angelo Núñez Peña Muñoz",
    "c": "Abbott Barlow Cavanaugh Dalton Ellison Faulkner Gallagher Hargrove Ingram Jorgensen Kowalski "
    "Lindqvist McAllister Novak O'Connor Pruitt Quintero Renner Sokolov Thornton Underwood Vandenberg "
    "Whitaker Yamamoto Zielinski Abernathy Bennett Castellano Dubois Escobar Fitzgerald Haverford Iyer "
    "Jankowski Keller Lindgren Marchetti Nakamura Okafor Petrov Rasmussen St.-Clair Van-der-Berg Hansen",
}
SYLLABLES = {
    "a": ("bar ben car dan far gar hal kin lan mor nor pel ros sal tan wel", "man ton ley son ford well"),
    "b": ("al bel cas del es fer gon her mar nav or pal quin rod sal ver", "ez ado ano ero illa era ales"),
    "c": ("ash bro cran dre el fen gry hol kess lun mar pry ster tre wol", "wick by stein berg mark dale"),
}  # fmt: skip
FIRMS = {
    "a": "Summit Riverside Lakeshore Pioneer Cedar Valley Harbor Granite Keystone Liberty Heritage "
    "Evergreen Frontier Meridian Sterling Beacon Horizon Anchor Crescent Highland Redwood Prairie",
    "b": "Sierra Pacífico Golden Lotus Delta Monarch Coastal Sunrise Capital Alliance Premier Crown "
    "Falcon Orion Zenith Atlas Nova Vertex Apex Nexus Radiant Cascade Mesa Bayou Palmetto Cypress",
    "c": "Northfield Bluegrass Whitman Kessler Delmar Tri-County Castlewood Ironwood Brightwater Hoosier "
    "Wabash Buckeye Quarry Telford Corwin Fairmont Meadowbrook Hillcrest Lindqvist Brendan Saint-Ann",
}
KINDS = [
    "Medical Center",
    "Hospital",
    "Manufacturing",
    "Logistics",
    "Health Partners",
    "Distribution",
    "Packaging",
    "Foods",
    "Insurance Group",
    "Credit Union",
    "Technologies",
    "Home Health",
    "Auto Parts",
    "Construction",
    "Schools",
    "Bank",
    "Surgical Associates",
    "Cold Storage",
    "Data Systems",
    "Property Management",
    "Steel & Fabrication",
    "Hotels",
]
LEGAL = ("", "", " Inc", ", Inc.", " LLC", ", LLC", " Corp", " Co.", " LP")
TITLES = {
    "Registered Nurse": "RN", "Certified Nursing Assistant": "CNA", "Staff Accountant": "Staff Acct",
    "Accounts Payable Clerk": "AP Clerk", "Maintenance Electrician": "Maint Elec", "Welder": "Welder",
    "Forklift Operator": "Forklift Op", "Java Developer": "Java Dev", "Project Manager": "PM",
    "Business Analyst": "BA", "Help Desk Technician": "Help Desk Tech", "Paralegal": "Paralegal",
    "Quality Inspector": "QC Insp", "Warehouse Associate": "Whse Assoc", "Receptionist": "Recep",
    "Licensed Practical Nurse": "LPN", "Customer Service Representative": "CSR", "CNC Machinist": "CNC",
    "Executive Assistant": "Exec Asst", "Network Engineer": "Net Eng", "Loan Processor": "Loan Proc",
    "Production Supervisor": "Prod Supv", "Physical Therapist": "PT", "Phlebotomist": "Phleb",
}  # fmt: skip
SHORT = {
    "Medical": "Med", "Center": "Ctr", "Hospital": "Hosp", "Manufacturing": "Mfg", "Group": "Grp",
    "Distribution": "Dist", "Insurance": "Ins", "Technologies": "Tech", "Management": "Mgmt",
    "Associates": "Assoc", "Construction": "Const", "Systems": "Sys", "Partners": "Ptrs",
    "Property": "Prop", "Packaging": "Pkg", "Logistics": "Log", "Saint": "St", "Schools": "Schs",
}  # fmt: skip
NICK = {
    "James": "Jim", "Robert": "Bob", "Patricia": "Pat", "Michael": "Mike", "William": "Bill",
    "Richard": "Rick", "Thomas": "Tom", "Elizabeth": "Liz", "Susan": "Sue", "Joseph": "Joe",
    "Christopher": "Chris", "Daniel": "Dan", "Matthew": "Matt", "Anthony": "Tony", "Steven": "Steve",
    "Margaret": "Peggy", "Kenneth": "Ken", "Timothy": "Tim", "Deborah": "Debbie", "Edward": "Ted",
    "Alejandro": "Alex", "Gabriela": "Gaby", "Manuel": "Manny", "Benjamin": "Ben", "Samuel": "Sam",
    "Gregory": "Greg", "Nathaniel": "Nate", "Zachary": "Zach", "Frederick": "Fred", "Walter": "Walt",
    "Lawrence": "Larry", "Theodore": "Ted", "Victoria": "Vicky", "Terrence": "Terry", "Leonard": "Len",
}  # fmt: skip
